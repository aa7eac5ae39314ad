using System.Formats.Asn1;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Gatehouse.Bench.Micro;

/// <summary>
/// ES256 by OpenSSL 3 with one signing context, so as to know what stands between .NET and libcrypto. One thread at a time. Key and context live
/// as long as the program.
/// </summary>
internal sealed partial class NativeSigner
{
    private const string Library = "libcrypto.so.3";
    private const int Coordinate = 32;
    private const int MaxDerLength = 72;

    private readonly nint _context;

    public NativeSigner(byte[] pkcs8)
    {
        nint key;
        unsafe
        {
            fixed (byte* first = pkcs8)
            {
                var position = (nint)first;
                key = DecodePrivateKey(0, ref position, pkcs8.Length);
            }
        }
        _context = NewContext(key, 0);
        if (_context == 0 || BeginSigning(_context) != 1) throw new CryptographicException("libcrypto takes the key not.");
    }

    /// <summary>Writes r and s, 32 bytes each (RFC 7518 §3.4), and returns their length.</summary>
    public int Sign(ReadOnlySpan<byte> hash, Span<byte> signature)
    {
        Span<byte> der = stackalloc byte[MaxDerLength];
        nuint length = MaxDerLength;
        if (Sign(_context, ref MemoryMarshal.GetReference(der), ref length, in MemoryMarshal.GetReference(hash), (nuint)hash.Length) != 1)
            throw new CryptographicException("libcrypto did not sign.");
        AsnDecoder.ReadSequence(der[..(int)length], AsnEncodingRules.DER, out var start, out _, out _);
        var rest = der[start..(int)length];
        CopyInteger(rest, signature[..Coordinate], out var read);
        CopyInteger(rest[read..], signature[Coordinate..], out _);
        return signature.Length;
    }

    private static void CopyInteger(ReadOnlySpan<byte> der, Span<byte> target, out int read)
    {
        var value = AsnDecoder.ReadIntegerBytes(der, AsnEncodingRules.DER, out read).TrimStart((byte)0);
        target[..^value.Length].Clear();
        value.CopyTo(target[^value.Length..]);
    }

    [LibraryImport(Library, EntryPoint = "d2i_AutoPrivateKey")]
    private static partial nint DecodePrivateKey(nint reuse, ref nint position, nint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_CTX_new")]
    private static partial nint NewContext(nint key, nint engine);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_sign_init")]
    private static partial int BeginSigning(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_sign")]
    private static partial int Sign(nint context, ref byte signature, ref nuint signatureLength, in byte hash, nuint hashLength);
}
