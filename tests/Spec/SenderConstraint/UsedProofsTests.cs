using Gatehouse.Gateway.Tokens;
using Gatehouse.Protocol.Dpop;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Tests.Spec.SenderConstraint;

/// <summary>What a gateway remembers of the proofs that it took (RFC 9449 §11.1).</summary>
public sealed class UsedProofsTests
{
    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());

    [Fact, Rfc(9449, "11.1")]
    public void A_proof_is_remembered_for_as_long_as_it_is_good()
    {
        var used = new UsedProofs(_clock);
        _clock.Advance(UsedProofs.Lifetime - TimeSpan.FromSeconds(1)); // The set that it goes into is the old one in a second.
        Assert.Equal(ProofClaim.Fresh, used.Claim("key", "1"));
        for (var second = 0; second <= 70; second++)
        {
            Assert.Equal(ProofClaim.Used, used.Claim("key", "1"));
            _clock.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(ProofClaim.Fresh, used.Claim("other key", "1"));
    }

    [Fact, Rfc(9449, "11.1")]
    public void That_is_as_long_as_its_iat_may_lie_behind_and_ahead() =>
        Assert.True(UsedProofs.Lifetime > TimeSpan.FromSeconds(DpopProof.MaxAgeSeconds + DpopProof.MaxSkewSeconds));

    [Fact, Rfc(9449, "11.1")]
    public void A_flood_makes_it_refuse_and_never_forget()
    {
        var used = new UsedProofs(_clock, capacity: 2);
        Assert.Equal(ProofClaim.Fresh, used.Claim("key", "1"));
        Assert.Equal(ProofClaim.Fresh, used.Claim("key", "2"));
        Assert.Equal(ProofClaim.NoRoom, used.Claim("key", "3"));
        Assert.Equal(ProofClaim.Used, used.Claim("key", "1"));
        _clock.Advance(TimeSpan.FromSeconds(71));
        Assert.Equal(ProofClaim.Fresh, used.Claim("key", "3"));
        Assert.Equal(ProofClaim.Used, used.Claim("key", "2"));
        _clock.Advance(TimeSpan.FromSeconds(71));
        Assert.Equal(ProofClaim.Fresh, used.Claim("key", "1")); // It is too old by now whatever is remembered of it.
    }
}
