using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Gatehouse.Portal.Reveal;
using Gatehouse.Store.Database;
using Gatehouse.Store.Operations;
using Microsoft.AspNetCore.Mvc;

namespace Gatehouse.Portal.Pages.Application.AddSecret;

internal sealed class AddSecretPage(GatehouseDb db, SecretOperations secrets, OneTimeSecret oneTime, TimeProvider clock)
    : OwnedApplicationPage
{
    /// <summary>A later day is a typing error.</summary>
    private const int MaxYears = 10;

    private static readonly TimeOnly LastSecond = new(23, 59, 59);

    [BindProperty]
    [StringLength(64, ErrorMessage = "The label may have up to 64 characters.")]
    [RegularExpression(@"[^\p{Cc}]*", ErrorMessage = "The label contains characters that cannot be typed.")]
    public string? Label { get; set; }

    /// <summary>The last day on which the secret is valid, in UTC.</summary>
    [BindProperty]
    public DateOnly? ExpiresOn { get; set; }

    public bool IsFull { get; private set; }

    public string Today => DayOf(clock.GetUtcNow()).ToString("O", CultureInfo.InvariantCulture);

    public async Task OnGetAsync(CancellationToken cancellation) =>
        IsFull = (await SecretList.ReadAsync(db, Application.Id, clock.GetUtcNow(), cancellation)).IsFull;

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        if (ExpiresOn > DayOf(clock.GetUtcNow()).AddYears(MaxYears))
            ModelState.AddModelError(nameof(ExpiresOn), $"Give a day within {MaxYears} years.");
        if (!ModelState.IsValid) return Again();
        var end = ExpiresOn is { } day ? new DateTimeOffset(day, LastSecond, TimeSpan.Zero) : (DateTimeOffset?)null;
        var outcome = await secrets.AddAsync(Application.Id, Label ?? string.Empty, end, Actor, cancellation);
        if (outcome.Value is not { } added)
        {
            Refuse(outcome, ("label", nameof(Label)), ("expires_at", nameof(ExpiresOn)));
            return Again();
        }
        oneTime.Keep(TempData, Session, Application.Id, added.Row.Id, added.Secret, isNew: true);
        return SeeOther(Links.Application(Application.Id), "The secret is added.");
    }

    private static DateOnly DayOf(DateTimeOffset instant) => DateOnly.FromDateTime(instant.UtcDateTime);
}
