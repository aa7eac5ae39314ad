using Gatehouse.Bench.Harness.Machine;
using Gatehouse.Bench.Harness.Paths;

namespace Gatehouse.Bench.Harness.Targets;

/// <summary>A call that the target must answer with 401 or 403, or 400 for a token request.</summary>
/// <param name="What">Such as: a forged token.</param>
/// <param name="Secret">The bearer token, or the form; null: none.</param>
/// <param name="From">Not before then: a token that expires has to expire first.</param>
internal sealed record Refusal(string What, string? Secret, DateTimeOffset From = default);

/// <summary>Something that is measured: how it starts, and how it is asked.</summary>
/// <param name="name">As in <c>--only</c> and in the tables.</param>
/// <param name="about">One line for the table's legend.</param>
internal abstract class Target(string name, string about) : IAsyncDisposable
{
    private readonly List<Pinned> _programs = [];

    public string Name => name;

    public string About => about;

    /// <summary>A limit checks no credentials: it only says what the platform costs.</summary>
    public virtual bool IsLimit => false;

    /// <summary>Its code is compiled while it runs, so that it needs a long warm-up.</summary>
    public virtual bool IsCompiledWhileRunning => true;

    /// <summary>Programs that must be there, in <c>PATH</c> or by their own path.</summary>
    public virtual IReadOnlyList<string> Needs => [];

    public int ProcessId => _programs[0].Id;

    public string Version { get; protected set; } = "-";

    public abstract Uri Url { get; }

    /// <summary>The form of a token request; null for a gateway.</summary>
    public string? Form { get; protected set; }

    /// <summary>Where the verification keys of its tokens are; null: they are signed with the rig's key.</summary>
    public virtual Uri? Keys => null;

    /// <summary>The tokens that a gateway takes.</summary>
    public IReadOnlyList<string> Tokens { get; protected set; } = [];

    /// <summary>How it is asked and probed where that is more than a form or a token; null otherwise.</summary>
    public BenchPath? Load { get; protected set; }

    public IReadOnlyList<Refusal> MustRefuse { get; protected set; } = [];

    public abstract Task StartAsync(Rig rig, CancellationToken cancellation);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var program in _programs) await program.DisposeAsync();
    }

    protected Pinned Own(Pinned program)
    {
        _programs.Add(program);
        return program;
    }
}
