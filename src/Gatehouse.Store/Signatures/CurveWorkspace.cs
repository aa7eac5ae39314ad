using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Gatehouse.Store.Signatures;

/// <summary>The numbers and points that one thread computes with, whatever the key; made once, because making them takes longer than using them.</summary>
internal sealed class CurveWorkspace : SafeHandle
{
    private readonly nint _curve;
    private readonly nint _order;
    private readonly nint _e, _r, _s, _inverse, _u, _v, _x;
    private readonly nint _point, _other;

    /// <exception cref="CryptographicException">There is no memory for it.</exception>
    public CurveWorkspace()
        : base(0, ownsHandle: true)
    {
        SetHandle(OpenSslCurve.NewContext());
        _curve = OpenSslCurve.NewGroup(OpenSslCurve.P256);
        (_e, _r, _s, _inverse) = (OpenSslCurve.NewNumber(), OpenSslCurve.NewNumber(), OpenSslCurve.NewNumber(), OpenSslCurve.NewNumber());
        (_u, _v, _x) = (OpenSslCurve.NewNumber(), OpenSslCurve.NewNumber(), OpenSslCurve.NewNumber());
        if (_curve != 0) (_point, _other, _order) = (OpenSslCurve.NewPoint(_curve), OpenSslCurve.NewPoint(_curve), OpenSslCurve.OrderOf(_curve));
        nint[] all = [handle, _curve, _e, _r, _s, _inverse, _u, _v, _x, _point, _other, _order];
        if (all.Contains(0)) throw new CryptographicException("OpenSSL makes no workspace.");
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>FIPS 186-5 §6.4.2 from step 3 on, for r and s that step 1 has let pass.</summary>
    /// <param name="key">A group that <see cref="MakeTable"/> has made a key's.</param>
    /// <param name="hash">32 bytes: as many bits as the order has, so all of it is e.</param>
    /// <param name="r">The first half of the signature.</param>
    /// <param name="s">The second half of the signature.</param>
    public bool Holds(nint key, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> r, ReadOnlySpan<byte> s)
    {
        var holds = Set(_e, hash) && Set(_r, r) && Set(_s, s) // Step 3.
            && OpenSslCurve.Invert(_inverse, _s, _order, handle) != 0 // Step 4.
            && OpenSslCurve.MultiplyModulo(_u, _e, _inverse, _order, handle) == 1 // Step 5: u = e / s, v = r / s.
            && OpenSslCurve.MultiplyModulo(_v, _r, _inverse, _order, handle) == 1
            && OpenSslCurve.Multiply(_curve, _point, _u, 0, 0, handle) == 1 // Step 6: u G + v Q, each out of its table.
            && OpenSslCurve.Multiply(key, _other, _v, 0, 0, handle) == 1
            && OpenSslCurve.Add(_curve, _point, _point, _other, handle) == 1
            && OpenSslCurve.Coordinates(_curve, _point, _x, 0, handle) == 1 // The identity has none, and is refused by that.
            && OpenSslCurve.Reduce(_x, _x, _order, handle) == 1 // The remaining steps: r is x modulo the order.
            && OpenSslCurve.Compare(_x, _r) == 0;
        GC.KeepAlive(this);
        return holds;
    }

    /// <summary>
    /// Makes the key the generator of a group, for which OpenSSL keeps a table if it is told to; true when that table gives what multiplying
    /// without one gives.
    /// </summary>
    public bool MakeTable(nint group, ReadOnlySpan<byte> publicKey)
    {
        var isMade = OpenSslCurve.ReadPoint(_curve, _other, in MemoryMarshal.GetReference(publicKey), (nuint)publicKey.Length, handle) == 1
            && OpenSslCurve.SetGenerator(group, _other, _order, OpenSslCurve.CofactorOf(_curve)) == 1
            && OpenSslCurve.Precompute(group, handle) == 1 && OpenSslCurve.HasTable(group) == 1
            && Set(_u, RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes)) && OpenSslCurve.Reduce(_u, _u, _order, handle) == 1
            && OpenSslCurve.Multiply(_curve, _point, 0, _other, _u, handle) == 1
            && OpenSslCurve.Multiply(group, _other, _u, 0, 0, handle) == 1
            && OpenSslCurve.ComparePoints(_curve, _point, _other, handle) == 0;
        GC.KeepAlive(this);
        return isMade;
    }

    protected override bool ReleaseHandle()
    {
        foreach (var number in (ReadOnlySpan<nint>)[_e, _r, _s, _inverse, _u, _v, _x]) OpenSslCurve.FreeNumber(number);
        OpenSslCurve.FreePoint(_point);
        OpenSslCurve.FreePoint(_other);
        OpenSslCurve.FreeGroup(_curve);
        OpenSslCurve.FreeContext(handle);
        return true;
    }

    private static bool Set(nint number, ReadOnlySpan<byte> bytes) =>
        OpenSslCurve.ReadNumber(in MemoryMarshal.GetReference(bytes), bytes.Length, number) != 0;
}
