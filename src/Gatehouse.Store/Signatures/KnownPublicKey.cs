using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Gatehouse.Store.Signatures;

/// <summary>
/// A P-256 key with a table of its multiples (ES256, RFC 7518 §3.4). OpenSSL has one for the curve's base point and none for a key; with one of
/// 150 KB for the key, a verification takes 33 instead of 64 µs. The steps are those of FIPS 186-5 §6.4.2, the arithmetic is OpenSSL's (ADR 0016).
/// Where OpenSSL 3 is not what it was when this was written, there is none, and .NET verifies.
/// </summary>
internal sealed class KnownPublicKey() : SafeHandle(0, ownsHandle: true)
{
    private const int Coordinate = 32;

    // n, the number of points of P-256 (SP 800-186 §3.2.1.3).
    private static readonly byte[] Order = Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");

    private static readonly Lazy<bool> IsUsable = new(TryOut);

    [ThreadStatic]
    private static CurveWorkspace? _workspace;

    public override bool IsInvalid => handle == 0;

    /// <summary>The key with its table; null: it is of another curve, or this machine's OpenSSL is not the one that this was written for.</summary>
    public static KnownPublicKey? TryCreate(ECParameters key) => IsUsable.Value ? Make(key) : null;

    /// <summary>True when the signature, r and s of 32 bytes each, is one of the key. Several threads may ask at once.</summary>
    public bool Verify(ReadOnlySpan<byte> input, ReadOnlySpan<byte> signature)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input, hash);
        return VerifyHash(hash, signature);
    }

    internal bool VerifyHash(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        if (hash.Length != SHA256.HashSizeInBytes || signature.Length != 2 * Coordinate) return false;
        var r = signature[..Coordinate];
        var s = signature[Coordinate..];
        if (!IsScalar(r) || !IsScalar(s)) return false; // Step 1.
        var holds = (_workspace ??= new CurveWorkspace()).Holds(handle, hash, r, s);
        GC.KeepAlive(this); // Or its table could be freed while it is read.
        if (!holds) OpenSslCurve.ClearErrors(); // Else .NET would take them for those of its next call.
        return holds;
    }

    protected override bool ReleaseHandle()
    {
        OpenSslCurve.FreeGroup(handle);
        return true;
    }

    private static bool IsScalar(ReadOnlySpan<byte> value) => value.SequenceCompareTo(Order) < 0 && value.ContainsAnyExcept((byte)0);

    private static KnownPublicKey? Make(ECParameters key)
    {
        if (key.Q is not { X: { Length: Coordinate } x, Y: { Length: Coordinate } y }) return null;
        var known = new KnownPublicKey();
        known.SetHandle(OpenSslCurve.NewGroup(OpenSslCurve.P256));
        var workspace = _workspace ??= new CurveWorkspace();
        if (!known.IsInvalid && workspace.MakeTable(known.handle, [4, .. x, .. y])) return known; // 4: not compressed (SEC 1 §2.3.3).
        OpenSslCurve.ClearErrors();
        known.Dispose();
        return null;
    }

    // Whether what is called here does what it is called for: once, with a key and a signature of .NET. On other processors OpenSSL would compute
    // without the table.
    private static bool TryOut()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture is not (Architecture.X64 or Architecture.Arm64)
            || !NativeLibrary.TryLoad(OpenSslCurve.Library, out _)) return false;
        try
        {
            if (OpenSslCurve.IsFipsRequired(0) == 1) return false; // .NET asks the module; these functions are beside it.
            using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var known = Make(pair.ExportParameters(includePrivateParameters: false));
            var text = "A first signature"u8;
            var signature = pair.SignData(text, HashAlgorithmName.SHA256);
            if (known?.Verify(text, signature) != true) return false;
            signature[^1] ^= 1;
            return !known.Verify(text, signature);
        }
        catch (Exception exception) when (exception is CryptographicException or EntryPointNotFoundException or DllNotFoundException)
        {
            return false; // .NET verifies then, and takes twice as long.
        }
    }
}
