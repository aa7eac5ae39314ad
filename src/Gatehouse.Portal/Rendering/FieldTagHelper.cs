using System.Globalization;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Gatehouse.Portal.Rendering;

/// <summary>A labelled input with its hint and what is wrong with it, tied together for screen readers. Passwords stay empty.</summary>
[HtmlTargetElement("gh-field", TagStructure = TagStructure.WithoutEndTag)]
public sealed class FieldTagHelper : TagHelper
{
    private const string Password = "password";

    private string _name = string.Empty;

    [HtmlAttributeNotBound]
    [ViewContext]
    public ViewContext ViewContext { get; set; } = null!;

    public ModelExpression For { get; set; } = null!;

    public string Label { get; set; } = string.Empty;

    public string? Hint { get; set; }

    /// <summary>The input's type; <c>textarea</c> for several lines.</summary>
    public string Type { get; set; } = "text";

    public string Autocomplete { get; set; } = "off";

    public int? Maxlength { get; set; }

    public string? Min { get; set; }

    public bool Required { get; set; }

    public bool Focus { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        _name = ViewContext.ViewData.TemplateInfo.GetFullHtmlFieldName(For.Name);
        var id = TagBuilder.CreateSanitizedId(_name, "_");
        ViewContext.ViewData.ModelState.TryGetValue(_name, out var entry);
        var errors = entry?.Errors.Select(error => error.ErrorMessage).ToList() ?? [];
        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", errors.Count > 0 ? "field invalid" : "field");
        output.Content.AppendHtml(LabelFor(id));
        if (Hint is not null) output.Content.AppendHtml(Text("p", "hint", id + "-hint", Hint));
        output.Content.AppendHtml(Input(id, entry, errors.Count > 0));
        if (errors.Count > 0) output.Content.AppendHtml(Text("p", "error", id + "-error", string.Join(' ', errors)));
    }

    private TagBuilder LabelFor(string id)
    {
        var label = new TagBuilder("label");
        label.Attributes["for"] = id;
        label.InnerHtml.Append(Label);
        if (!Required) label.InnerHtml.AppendHtml(Text("span", "optional", null, " optional"));
        return label;
    }

    private TagBuilder Input(string id, ModelStateEntry? entry, bool invalid)
    {
        var several = Type == "textarea";
        var input = new TagBuilder(several ? Type : "input") { TagRenderMode = several ? TagRenderMode.Normal : TagRenderMode.SelfClosing };
        input.Attributes["id"] = id;
        input.Attributes["name"] = _name;
        input.Attributes["autocomplete"] = Autocomplete;
        if (Maxlength is { } length) input.Attributes["maxlength"] = length.ToString(CultureInfo.InvariantCulture);
        if (Min is not null) input.Attributes["min"] = Min;
        if (Required) input.Attributes["required"] = "required";
        if (Focus) input.Attributes["autofocus"] = "autofocus";
        if (invalid) input.Attributes["aria-invalid"] = "true";
        var described = $"{(Hint is null ? null : id + "-hint")} {(invalid ? id + "-error" : null)}".Trim();
        if (described.Length > 0) input.Attributes["aria-describedby"] = described;
        var value = Type == Password ? null : entry?.AttemptedValue ?? ValueText();
        if (several)
        {
            input.Attributes["rows"] = "4";
            // A browser drops the first line end of a text area: without this one it would be the user's.
            input.InnerHtml.AppendHtml("\n").Append(value ?? string.Empty);
        }
        else
        {
            input.Attributes["type"] = Type;
            if (value is not null) input.Attributes["value"] = value;
        }
        return input;
    }

    private string? ValueText() => For.Model is DateOnly day ? day.ToString("O", CultureInfo.InvariantCulture) : For.Model?.ToString();

    private static TagBuilder Text(string tag, string style, string? id, string text)
    {
        var element = new TagBuilder(tag);
        element.AddCssClass(style);
        if (id is not null) element.Attributes["id"] = id;
        element.InnerHtml.Append(text);
        return element;
    }
}
