using System.Runtime.InteropServices;

namespace Gatehouse.Store.Signatures;

/// <summary>
/// What OpenSSL 3 offers to compute with on a curve. A function that can fail gives 1, or a pointer that is not 0, when it has not; what is given
/// to one is copied and stays the caller's.
/// </summary>
internal static partial class OpenSslCurve
{
    public const string Library = "libcrypto.so.3";

    /// <summary>OpenSSL's number for the curve (<c>NID_X9_62_prime256v1</c>).</summary>
    public const int P256 = 415;

    [LibraryImport(Library, EntryPoint = "BN_CTX_new")]
    public static partial nint NewContext();

    [LibraryImport(Library, EntryPoint = "BN_CTX_free")]
    public static partial void FreeContext(nint context);

    [LibraryImport(Library, EntryPoint = "BN_new")]
    public static partial nint NewNumber();

    [LibraryImport(Library, EntryPoint = "BN_free")]
    public static partial void FreeNumber(nint number);

    [LibraryImport(Library, EntryPoint = "BN_bin2bn")]
    public static partial nint ReadNumber(in byte bytes, int length, nint number);

    [LibraryImport(Library, EntryPoint = "BN_mod_inverse")]
    public static partial nint Invert(nint result, nint number, nint modulus, nint context);

    [LibraryImport(Library, EntryPoint = "BN_mod_mul")]
    public static partial int MultiplyModulo(nint result, nint first, nint second, nint modulus, nint context);

    [LibraryImport(Library, EntryPoint = "BN_nnmod")]
    public static partial int Reduce(nint result, nint number, nint modulus, nint context);

    /// <summary>0 when both are the same.</summary>
    [LibraryImport(Library, EntryPoint = "BN_cmp")]
    public static partial int Compare(nint first, nint second);

    [LibraryImport(Library, EntryPoint = "EC_GROUP_new_by_curve_name")]
    public static partial nint NewGroup(int curve);

    [LibraryImport(Library, EntryPoint = "EC_GROUP_free")]
    public static partial void FreeGroup(nint group);

    [LibraryImport(Library, EntryPoint = "EC_GROUP_get0_order")]
    public static partial nint OrderOf(nint group);

    [LibraryImport(Library, EntryPoint = "EC_GROUP_get0_cofactor")]
    public static partial nint CofactorOf(nint group);

    [LibraryImport(Library, EntryPoint = "EC_GROUP_set_generator")]
    public static partial int SetGenerator(nint group, nint generator, nint order, nint cofactor);

    [LibraryImport(Library, EntryPoint = "EC_GROUP_precompute_mult")]
    public static partial int Precompute(nint group, nint context);

    [LibraryImport(Library, EntryPoint = "EC_GROUP_have_precompute_mult")]
    public static partial int HasTable(nint group);

    [LibraryImport(Library, EntryPoint = "EC_POINT_new")]
    public static partial nint NewPoint(nint group);

    [LibraryImport(Library, EntryPoint = "EC_POINT_free")]
    public static partial void FreePoint(nint point);

    /// <summary>Refuses what is not on the curve.</summary>
    [LibraryImport(Library, EntryPoint = "EC_POINT_oct2point")]
    public static partial int ReadPoint(nint group, nint point, in byte bytes, nuint length, nint context);

    /// <summary><paramref name="times"/> the generator and <paramref name="timesPoint"/> the point; 0 for what is not wanted.</summary>
    [LibraryImport(Library, EntryPoint = "EC_POINT_mul")]
    public static partial int Multiply(nint group, nint result, nint times, nint point, nint timesPoint, nint context);

    [LibraryImport(Library, EntryPoint = "EC_POINT_add")]
    public static partial int Add(nint group, nint result, nint first, nint second, nint context);

    /// <summary>0 when both are the same.</summary>
    [LibraryImport(Library, EntryPoint = "EC_POINT_cmp")]
    public static partial int ComparePoints(nint group, nint first, nint second, nint context);

    /// <summary>x and y as far as they are wanted; the identity has none.</summary>
    [LibraryImport(Library, EntryPoint = "EC_POINT_get_affine_coordinates")]
    public static partial int Coordinates(nint group, nint point, nint x, nint y, nint context);

    /// <summary>1 when only what a FIPS module computes may be believed; the context 0 is that of the process.</summary>
    [LibraryImport(Library, EntryPoint = "EVP_default_properties_is_fips_enabled")]
    public static partial int IsFipsRequired(nint context);

    /// <summary>The error that waits for whoever asks next on this thread; 0: none. By it the tests see that none is left behind.</summary>
    [LibraryImport(Library, EntryPoint = "ERR_peek_error")]
    public static partial nuint PeekError();

    [LibraryImport(Library, EntryPoint = "ERR_clear_error")]
    public static partial void ClearErrors();
}
