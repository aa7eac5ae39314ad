using System.Numerics;

namespace Gatehouse.Protocol.Jose;

/// <summary>
/// Knows RSA keys of a broken generator (CVE-2017-15361): its primes are powers of 65537 modulo the product of all small primes, so that the
/// modulus is such a power modulo each of them. A sound key passes for one once in 2^150.
/// </summary>
internal static class RocaFingerprint
{
    // The generator used at least these for every key of 2048 bits and more.
    private const int LargestPrime = 701;

    private static readonly (int Prime, HashSet<int> Powers)[] Groups =
        [.. Enumerable.Range(3, LargestPrime - 2).Where(IsPrime).Select(prime => (prime, PowersOf65537(prime)))];

    /// <param name="modulus">Big-endian, as in a JWK.</param>
    public static bool IsFoundIn(ReadOnlySpan<byte> modulus)
    {
        var number = new BigInteger(modulus, isUnsigned: true, isBigEndian: true);
        return Array.TrueForAll(Groups, group => group.Powers.Contains((int)(number % group.Prime)));
    }

    private static HashSet<int> PowersOf65537(int prime)
    {
        var powers = new HashSet<int>();
        for (var power = 1; powers.Add(power);) power = power * (65537 % prime) % prime;
        return powers;
    }

    private static bool IsPrime(int number) => !Enumerable.Range(2, number - 2).TakeWhile(divisor => divisor * divisor <= number).Any(divisor => number % divisor == 0);
}
