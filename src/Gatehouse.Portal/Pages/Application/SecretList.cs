using System.Linq.Expressions;
using Gatehouse.Portal.Rendering;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Portal.Pages.Application;

/// <summary>All of a secret but the secret.</summary>
internal sealed record SecretRow(
    Guid Id, string Label, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RetiredAt, DateTimeOffset? LastUsedAt,
    bool HasCopy)
{
    public static readonly Expression<Func<ApplicationSecret, SecretRow>> Projection = row => new SecretRow(
        row.Id, row.Label, row.CreatedAt, row.ExpiresAt, row.RetiredAt, row.LastUsedAt, row.EncryptedCopy != null);

    public string Title => Label.Length > 0 ? Label : "Secret without a label";

    public BadgeTagHelper.Word StateAt(DateTimeOffset now) => this switch
    {
        { RetiredAt: not null } => BadgeTagHelper.Word.Retired,
        { ExpiresAt: { } end } when end <= now => BadgeTagHelper.Word.Expired,
        _ => BadgeTagHelper.Word.Active,
    };
}

/// <summary>Whether retiring a secret would break something, in one sentence.</summary>
internal sealed record RetireAdvice(bool IsSafe, string Text);

/// <summary>A secret and the question whether to retire it.</summary>
internal sealed record RetireQuestion(SecretRow Secret, RetireAdvice Advice, string Target);

/// <summary>An application's secrets, the newest first.</summary>
internal sealed class SecretList(IReadOnlyList<SecretRow> rows, DateTimeOffset now)
{
    // A token lives for at most a day, so a program that runs asks for one every day. Twice that leaves room for a pause.
    private static readonly TimeSpan StillInUse = TimeSpan.FromHours(48);

    public IReadOnlyList<SecretRow> Usable { get; } = [.. rows.Where(row => row.StateAt(now) == BadgeTagHelper.Word.Active)];

    public IReadOnlyList<SecretRow> Past { get; } = [.. rows.Where(row => row.StateAt(now) != BadgeTagHelper.Word.Active)];

    public bool IsFull => Usable.Count >= SecretOperations.MaxUsable;

    public DateTimeOffset Now => now;

    public static async Task<SecretList> ReadAsync(
        GatehouseDb db, Guid applicationId, DateTimeOffset now, CancellationToken cancellation) => new(
        await db.ApplicationSecrets.AsNoTracking().Where(row => row.ApplicationId == applicationId)
            .OrderByDescending(row => row.CreatedAt).ThenByDescending(row => row.Id).Select(SecretRow.Projection).ToListAsync(cancellation),
        now);

    public SecretRow? Find(Guid id) => Usable.Concat(Past).SingleOrDefault(row => row.Id == id);

    public RetireAdvice AdviceFor(SecretRow secret)
    {
        if (Usable.All(row => row.Id == secret.Id))
            return new RetireAdvice(false, "It is the only valid secret: without it the application obtains no token. Add another first.");
        if (secret.LastUsedAt is not { } used) return new RetireAdvice(true, "It was never used: safe to retire.");
        var ago = TimeTagHelper.Ago(now - used, used);
        return now - used < StillInUse
            ? new RetireAdvice(false, $"Last used {ago}: a program may still depend on it.")
            : new RetireAdvice(true, $"Last used {ago}: safe to retire.");
    }
}
