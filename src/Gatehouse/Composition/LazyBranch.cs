namespace Gatehouse.Composition;

/// <summary>
/// A part of the node that is put together when somebody asks for it: pages, bodies and their descriptions are read from the code at that moment, and
/// a start, which waits for none of them, takes a third less and some megabytes less.
/// </summary>
internal static class LazyBranch
{
    /// <param name="app">The node.</param>
    /// <param name="isOurs">Whether the part answers the request; it answers whatever reaches it.</param>
    /// <param name="configure">Its middleware and its routes, which are its own.</param>
    public static IApplicationBuilder MapLazily(this IApplicationBuilder app, Func<HttpContext, bool> isOurs, Action<IApplicationBuilder> configure) =>
        app.MapWhen(isOurs, branch => branch.Run(new Part(branch, configure).AnswerAsync));

    private sealed class Part(IApplicationBuilder branch, Action<IApplicationBuilder> configure)
    {
        // All parts add to the list of endpoints of the process, which takes one at a time.
        private static readonly Lock OneAtATime = new();

        private readonly Lock _turn = new();
        private volatile RequestDelegate? _built;
        private Task<RequestDelegate>? _building;

        public Task AnswerAsync(HttpContext http) => _built is { } built ? built(http) : BuildAndAnswerAsync(http);

        private async Task BuildAndAnswerAsync(HttpContext http)
        {
            Task<RequestDelegate> building;
            lock (_turn)
            {
                // Those who come meanwhile wait for the same; what failed is tried again by the next one.
                if (_building is null or { IsFaulted: true }) _building = Task.Run(Build);
                building = _building;
            }
            await (await building)(http);
        }

        private RequestDelegate Build()
        {
            lock (OneAtATime)
            {
                var part = branch.New();
                configure(part);
                var built = part.Build();
                // Read now, so that nobody reads the list for the first time while another part adds to it.
                _ = part.ApplicationServices.GetRequiredService<EndpointDataSource>().Endpoints.Count;
                return _built = built;
            }
        }
    }
}
