using System.Globalization;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Gatehouse.Portal.Rendering;

/// <summary>An instant: for machines exactly, for people as a date or as how long ago it was. All times are UTC.</summary>
[HtmlTargetElement("gh-time", TagStructure = TagStructure.WithoutEndTag)]
public sealed class TimeTagHelper(TimeProvider clock) : TagHelper
{
    public DateTimeOffset? At { get; set; }

    /// <summary>Says "3 hours ago" instead of the date.</summary>
    public bool Relative { get; set; }

    /// <summary>The date without the time of day.</summary>
    public bool DateOnly { get; set; }

    /// <summary>What to say when there is no instant.</summary>
    public string None { get; set; } = "Never";

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        if (At is not { } at)
        {
            output.TagName = "span";
            output.TagMode = TagMode.StartTagAndEndTag;
            output.Attributes.SetAttribute("class", "quiet");
            output.Content.SetContent(None);
            return;
        }
        output.TagName = "time";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("datetime", Text(at, "yyyy-MM-dd'T'HH:mm:ss'Z'"));
        var full = Text(at, "d MMM yyyy, HH:mm:ss 'UTC'");
        output.Attributes.SetAttribute("title", full);
        var shown = DateOnly ? "d MMM yyyy" : "d MMM yyyy, HH:mm 'UTC'";
        output.Content.SetContent(Relative ? Ago(clock.GetUtcNow() - at, at) : Text(at, shown));
    }

    /// <summary>How long ago, in words; a date when it is more than a month.</summary>
    public static string Ago(TimeSpan age, DateTimeOffset at) => age switch
    {
        { TotalSeconds: < 60 } => "just now",
        { TotalMinutes: < 60 } => Count((int)age.TotalMinutes, "minute"),
        { TotalHours: < 24 } => Count((int)age.TotalHours, "hour"),
        { TotalDays: < 31 } => Count((int)age.TotalDays, "day"),
        _ => Text(at, "d MMM yyyy"),
    };

    private static string Count(int number, string unit) => $"{number} {unit}{(number == 1 ? string.Empty : "s")} ago";

    private static string Text(DateTimeOffset at, string format) => at.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);
}
