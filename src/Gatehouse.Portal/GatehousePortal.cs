using Gatehouse.Portal.Hosting;
using Gatehouse.Portal.Pages;
using Gatehouse.Portal.Pages.Applications;
using Gatehouse.Portal.Pages.Device;
using Gatehouse.Portal.Reveal;
using Gatehouse.Portal.Sessions;
using Gatehouse.Portal.Tenancy;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Store.Secrets;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gatehouse.Portal;

/// <summary>Adds the portal to a node.</summary>
public static class GatehousePortal
{
    /// <summary>
    /// Needs the store (<c>AddGatehouseStore</c>). The database must be prepared before the host starts: the keys of the cookies are in it.
    /// </summary>
    public static IServiceCollection AddGatehousePortal(this IServiceCollection services, PortalOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<PortalAssets>();
        services.AddScoped<CurrentOrganization>();
        services.AddSingleton<OneTimeSecret>();
        services.AddScoped<OfferedPlans>();
        services.AddKeyRing();
        services.AddSessions();
        services.AddPages();
        return services;
    }

    /// <summary>Whether the portal answers the request: its pages at <c>/exchange</c>, and the way to them from <c>/</c>.</summary>
    public static bool Serves(HttpContext http) => http.Request.Path == "/" || http.Request.Path.StartsWithSegments(PortalLinks.Root);

    /// <summary>
    /// Makes the portal answer everything that reaches this branch of the node. Authentication and authorization are in it alone: no endpoint
    /// elsewhere asks for a policy, and the token endpoint does not pay for it (4 µs of 82).
    /// </summary>
    public static void UseGatehousePortal(this IApplicationBuilder branch) => branch
        .UseRouting()
        .Use(next => http => PageHeaders.AddAsync(http, next))
        .UseProblemAnswers()
        .UseAuthentication()
        .UseAuthorization()
        .UseEndpoints(MapPages);

    private static void MapPages(IEndpointRouteBuilder portal)
    {
        portal.MapRazorPages();
        portal.MapMethods(PortalAssets.Route, [HttpMethods.Get, HttpMethods.Head],
            (string file, HttpContext http, PortalAssets assets) => assets.Serve(file, http));
        portal.MapGet("/", ShowTheOnlyPortalAsync);
    }

    private static async Task ShowTheOnlyPortalAsync(HttpContext http, GatehouseDb db)
    {
        var slugs = await db.Organizations.AsNoTracking().Select(row => row.Slug).Take(2).ToListAsync(http.RequestAborted);
        http.Response.StatusCode = slugs.Count == 1 ? StatusCodes.Status302Found : StatusCodes.Status404NotFound;
        if (slugs.Count == 1) http.Response.Headers.Location = new PortalLinks(http.Request.PathBase, slugs[0]).Home;
    }

    private static void AddKeyRing(this IServiceCollection services)
    {
        services.AddDataProtection().SetApplicationName("Gatehouse");
        services.AddOptions<KeyManagementOptions>().Configure<KeyEncryptionKey, StoreDatabase>((ring, key, database) =>
            (ring.XmlEncryptor, ring.XmlRepository) = (new KeyRingSealer(key), new KeyRingRepository(database)));
    }

    private static void AddSessions(this IServiceCollection services)
    {
        services.AddIdentityCore<PortalUser>(identity =>
        {
            identity.Password.RequiredLength = UserOperations.MinPasswordLength;
            identity.Password.RequireDigit = identity.Password.RequireLowercase = false;
            identity.Password.RequireUppercase = identity.Password.RequireNonAlphanumeric = false;
            identity.Lockout.MaxFailedAccessAttempts = 5;
            identity.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(5);
            identity.Lockout.AllowedForNewUsers = true;
        }).AddEntityFrameworkStores<GatehouseDb>();
        // Else the only scheme would be the default one, and every request to the portal, for a stylesheet too, would be asked who it is.
        AppContext.SetSwitch("Microsoft.AspNetCore.Authentication.SuppressAutoDefaultScheme", true);
        services.AddAuthentication().AddCookie(PortalSession.Scheme, SessionCookie.Configure);
        services.AddScoped<SessionCookie>();
        services.AddScoped<SessionRegister>();
        services.AddScoped<PasswordCheck>();
        services.AddSingleton<AttemptPace>();
        services.AddSingleton<CodeGuesses>();
        services.AddSingleton<AbsentUser>();
        services.AddScoped<IAuthorizationHandler, MembershipHandler>();
        services.AddAuthorizationBuilder().AddPolicy(Membership.Policy, policy => policy
            .AddAuthenticationSchemes(PortalSession.Scheme).RequireAuthenticatedUser().AddRequirements(new Membership()));
    }

    private static void AddPages(this IServiceCollection services)
    {
        services.AddAntiforgery(antiforgery =>
        {
            Harden(antiforgery.Cookie, "__Host-gatehouse-form");
            antiforgery.FormFieldName = "form_token";
            antiforgery.SuppressXFrameOptionsHeader = true; // Set with the other headers, for every page.
        });
        services.Configure<CookieTempDataProviderOptions>(notice => Harden(notice.Cookie, PortalPage.NoticeCookie));
        services.AddRazorPages(pages => pages.Conventions.Add(new PageRules()))
            .AddMvcOptions(mvc => mvc.ModelMetadataDetailsProviders.Add(new EmptyFields())).ConfigureApplicationPartManager(AddOurPages);
    }

    private static void Harden(CookieBuilder cookie, string name)
    {
        cookie.Name = name;
        cookie.HttpOnly = true;
        cookie.SecurePolicy = CookieSecurePolicy.Always;
        cookie.SameSite = SameSiteMode.Strict;
        cookie.Path = "/";
        cookie.IsEssential = true;
    }

    // The web SDK lists the pages of referenced libraries in the program's assembly; another host would find none.
    private static void AddOurPages(ApplicationPartManager manager)
    {
        var assembly = typeof(GatehousePortal).Assembly;
        var known = manager.ApplicationParts.Select(part => (part.GetType(), part.Name)).ToHashSet();
        foreach (var part in ApplicationPartFactory.GetApplicationPartFactory(assembly).GetApplicationParts(assembly))
            if (known.Add((part.GetType(), part.Name))) manager.ApplicationParts.Add(part);
    }
}
