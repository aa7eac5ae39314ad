using System.ComponentModel.DataAnnotations;
using Gatehouse.Portal.Sessions;
using Gatehouse.Portal.Tenancy;
using Microsoft.AspNetCore.Mvc;

namespace Gatehouse.Portal.Pages.SignIn;

[PublicPage]
internal sealed class SignInPage(PasswordCheck passwords, SessionRegister sessions) : PortalPage
{
    [BindProperty]
    [Required(ErrorMessage = "Enter your e-mail address.")]
    [StringLength(254, ErrorMessage = "An e-mail address has up to 254 characters.")]
    [RegularExpression(@"[^\p{Cc}]*", ErrorMessage = "The e-mail address contains characters that cannot be typed.")]
    public string Email { get; set; } = string.Empty;

    [BindProperty]
    [Required(ErrorMessage = "Enter your password.")]
    [StringLength(PasswordCheck.MaxLength, ErrorMessage = "The password is too long.")]
    public string Password { get; set; } = string.Empty;

    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    /// <summary>Asks also somebody who is signed in: an application wants it proven anew.</summary>
    [BindProperty(SupportsGet = true)]
    public bool Anew { get; set; }

    /// <param name="hint">The address to begin with (<c>login_hint</c> of OpenID Connect Core §3.1.2.1).</param>
    public async Task<IActionResult> OnGetAsync(string? hint)
    {
        ModelState.Clear(); // Nothing was typed yet.
        if (hint is { Length: <= 254 } && !hint.Any(char.IsControl)) Email = hint;
        if (Anew) return Page();
        var session = await SessionRegister.FindAsync(HttpContext);
        return session?.OrganizationId == Organization.Id ? SeeOther(Destination()) : Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        if (!ModelState.IsValid) return Again();
        var user = await passwords.CheckAsync(Organization.Id, Email, Password, HttpContext.Connection.RemoteIpAddress, cancellation);
        if (user is null)
        {
            ModelState.AddModelError(string.Empty, PasswordCheck.Refused);
            return Again();
        }
        await sessions.BeginAsync(HttpContext, user, cancellation);
        return SeeOther(Destination());
    }

    // RFC 9700 §4.11: only a path of this host; a header takes ASCII alone.
    private string Destination() =>
        ReturnUrl is { Length: <= 2048 } back && Url.IsLocalUrl(back) && back[0] == '/'
        && back.All(c => c is > ' ' and < '\x7F') ? back : Links.Applications;
}
