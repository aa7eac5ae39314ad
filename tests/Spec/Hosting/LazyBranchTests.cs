using System.Diagnostics;
using Gatehouse.Composition;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Tests.Spec.Hosting;

/// <summary>A part of the node that its first request builds: once, whoever comes meanwhile, and again after it failed.</summary>
public sealed class LazyBranchTests : IAsyncDisposable
{
    private static readonly PathString Ours = "/pages";

    private readonly DiagnosticListener _listener = new("branches");
    private readonly ServiceProvider _services;
    private int _builds;

    // What routing needs of a host, and no host.
    public LazyBranchTests() => _services = new ServiceCollection().AddLogging().AddRouting().AddSingleton(_listener).BuildServiceProvider();

    [Fact]
    public async Task WhoComesMeanwhileWaitsForTheSameBuild()
    {
        using var mayBuild = new ManualResetEventSlim();
        var node = Build(whenMapped: _ => Assert.True(mayBuild.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)));
        var answers = Enumerable.Range(0, 8).Select(_ => AskAsync(node, Ours)).ToArray();
        Assert.All(answers, answer => Assert.False(answer.IsCompleted));
        mayBuild.Set();
        Assert.All(await Task.WhenAll(answers), status => Assert.Equal(StatusCodes.Status204NoContent, status));
        Assert.Equal(1, _builds);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WhatFailedIsBuiltByTheNextRequest(bool isMapped)
    {
        var node = isMapped ? Build(whenMapped: FailOnce) : Build(beforeMapping: FailOnce);
        await Assert.ThrowsAsync<InvalidOperationException>(() => AskAsync(node, Ours));
        Assert.Equal(StatusCodes.Status204NoContent, await AskAsync(node, Ours));
        Assert.Equal(StatusCodes.Status204NoContent, await AskAsync(node, Ours));
        Assert.Equal(2, _builds);
    }

    [Fact]
    public async Task WhatIsNotItsOwnBuildsNothing()
    {
        var node = Build();
        Assert.Equal(StatusCodes.Status404NotFound, await AskAsync(node, "/as/token.oauth2"));
        Assert.Equal(0, _builds);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _listener.Dispose();
    }

    private static void FailOnce(int number)
    {
        if (number == 1) throw new InvalidOperationException("A page that cannot be mapped.");
    }

    private RequestDelegate Build(Action<int>? beforeMapping = null, Action<int>? whenMapped = null)
    {
        var app = new ApplicationBuilder(_services);
        app.MapLazily(http => http.Request.Path.StartsWithSegments(Ours), part =>
        {
            var number = Interlocked.Increment(ref _builds);
            beforeMapping?.Invoke(number);
            part.UseRouting();
            part.UseEndpoints(routes => routes.MapGet(Ours, () => Results.NoContent()).WithName("pages"));
            whenMapped?.Invoke(number);
        });
        return app.Build();
    }

    private async Task<int> AskAsync(RequestDelegate node, PathString path)
    {
        var http = new DefaultHttpContext { RequestServices = _services };
        (http.Request.Method, http.Request.Path) = (HttpMethods.Get, path);
        await node(http);
        return http.Response.StatusCode;
    }
}
