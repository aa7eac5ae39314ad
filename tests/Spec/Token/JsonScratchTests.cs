using Gatehouse.AuthServer.Issuing;

namespace Gatehouse.Tests.Spec.Token;

/// <summary>The room in which answers that hold tokens are composed.</summary>
public sealed class JsonScratchTests
{
    [Fact]
    public void What_it_outgrows_it_leaves_wiped()
    {
        var scratch = JsonScratch.Rent();
        var outgrown = scratch.GetMemory();
        outgrown.Span.Fill((byte)'x');
        scratch.Advance(outgrown.Length);

        scratch.GetSpan(1);

        Assert.Equal(outgrown.Length, scratch.Written.Count((byte)'x'));
        Assert.Equal(0, outgrown.Span.Count((byte)'x'));
        scratch.Wipe();
    }
}
