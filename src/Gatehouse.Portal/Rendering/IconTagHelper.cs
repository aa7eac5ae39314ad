using System.Collections.Frozen;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Gatehouse.Portal.Rendering;

/// <summary>A small drawing in the colour of the text beside it, which says the same: screen readers pass it over.</summary>
[HtmlTargetElement("gh-icon", TagStructure = TagStructure.WithoutEndTag)]
public sealed class IconTagHelper : TagHelper
{
    private static readonly FrozenDictionary<string, string> Drawings = new Dictionary<string, string>
    {
        ["mark"] = "<path class=\"mark-fill\" d=\"M2.5 3h3v1.5h1.5V3h2v1.5h6V3h2v1.5h1.5V3h3v18h-6.5v-6a3 3 0 0 0-6 0v6H2.5z\"/>",
        ["alert"] = "<path d=\"M12 8v5M12 16.5v.01M10.3 4.2 2.6 17.6A2 2 0 0 0 4.3 20.5h15.4a2 2 0 0 0 1.7-2.9L13.7 4.2a2 2 0 0 0-3.4 0z\"/>",
        ["check"] = "<path d=\"m5 12.5 4.5 4.5L19 7.5\"/>",
        ["clock"] = "<circle cx=\"12\" cy=\"12\" r=\"8.5\"/><path d=\"M12 7.5V12l3 2\"/>",
        ["copy"] = "<rect x=\"9\" y=\"9\" width=\"11\" height=\"11\" rx=\"2\"/><path d=\"M5 15H4.5A1.5 1.5 0 0 1 3 13.5V4.5A1.5 1.5 0 0 1 4.5 3h9A1.5 1.5 0 0 1 15 4.5V5\"/>",
        ["cross"] = "<path d=\"m6.5 6.5 11 11M17.5 6.5l-11 11\"/>",
        ["dash"] = "<path d=\"M6 12h12\"/>",
        ["eye"] = "<path d=\"M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z\"/><circle cx=\"12\" cy=\"12\" r=\"2.8\"/>",
        ["key"] = "<circle cx=\"8\" cy=\"15.5\" r=\"4.5\"/><path d=\"m11.3 12.2 8.2-8.2M16 7.5l3 3\"/>",
        ["pause"] = "<path d=\"M9 6v12M15 6v12\"/>",
        ["plus"] = "<path d=\"M12 5v14M5 12h14\"/>",
        ["search"] = "<circle cx=\"11\" cy=\"11\" r=\"6.5\"/><path d=\"m16 16 4.5 4.5\"/>",
        ["theme"] = "<circle cx=\"12\" cy=\"12\" r=\"8.5\"/><path class=\"mark-fill\" d=\"M12 3.5a8.5 8.5 0 0 1 0 17z\"/>",
    }.ToFrozenDictionary();

    public string Name { get; set; } = string.Empty;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = null; // The drawing stands in its place.
        output.Content.SetHtmlContent(Draw(Name));
    }

    internal static HtmlString Draw(string name) =>
        new($"<svg class=\"icon icon-{name}\" viewBox=\"0 0 24 24\" aria-hidden=\"true\" focusable=\"false\">{Drawings[name]}</svg>");
}
