using Gatehouse.Store.Grants;
using Gatehouse.Store.Sessions;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Portal.Tenancy;

/// <summary>The paths of one organization's portal.</summary>
internal sealed record PortalLinks(PathString PathBase, string Slug)
{
    public const string Root = "/exchange";

    public string Home => $"{PathBase}{Root}/portals/{Slug}/";

    public string SignOut => Home + "sign-out";

    public string Logout(string handle) => $"{PathBase}{LogoutRequestRegister.PagePath(Slug, handle)}";

    public string Access => Home + "access";

    public string Registrations => Home + "registrations";

    public string Applications => Home + "applications/";

    public string NewApplication => Applications + "new";

    public string SignIn(string? returnUrl = null) =>
        Home + "sign-in" + (returnUrl is null ? string.Empty : "?returnUrl=" + Uri.EscapeDataString(returnUrl));

    public string Authorize(string handle) => $"{PathBase}{InteractionRegister.PagePath(Slug, handle)}";

    public string Application(Guid id) => $"{Applications}{id}";

    public string Edit(Guid id) => Application(id) + "/edit";

    public string Delete(Guid id) => Application(id) + "/delete";

    public string RevokeTokens(Guid id) => Application(id) + "/revoke-tokens";

    public string RequestContract(Guid id) => Application(id) + "/contracts/request";

    public string AddSecret(Guid id) => Application(id) + "/secrets/add";

    public string ShowSecret(Guid id, Guid secretId) => $"{Application(id)}/secrets/{secretId}/show";

    public string RetireSecret(Guid id, Guid secretId) => $"{Application(id)}/secrets/{secretId}/retire";
}
