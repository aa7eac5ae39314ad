using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Gatehouse.Portal.Rendering;

/// <summary>Text to be copied: a value on one line, or a command on several. The copy button appears when scripts run.</summary>
[HtmlTargetElement("gh-code", TagStructure = TagStructure.WithoutEndTag)]
public sealed class CodeTagHelper : TagHelper
{
    /// <summary>Unique on the page.</summary>
    public string Id { get; set; } = string.Empty;

    /// <summary>What it is, for the button and the screen reader.</summary>
    public string Label { get; set; } = string.Empty;

    public string Text { get; set; } = string.Empty;

    /// <summary>A value of one line that may break, instead of a command that scrolls.</summary>
    public bool Value { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", Value ? "code value" : "code");
        output.Content.AppendHtml(Value ? OneLine() : Block()).AppendHtml(Button());
    }

    private TagBuilder OneLine()
    {
        var code = new TagBuilder("code");
        code.Attributes["id"] = Id;
        code.InnerHtml.Append(Text);
        return code;
    }

    private TagBuilder Block()
    {
        var block = new TagBuilder("pre");
        // What scrolls sideways must be reachable by keyboard, and what is reachable needs a name.
        block.Attributes["tabindex"] = "0";
        block.Attributes["role"] = "region";
        block.Attributes["aria-label"] = Label;
        block.InnerHtml.AppendHtml(OneLine());
        return block;
    }

    private TagBuilder Button()
    {
        var button = new TagBuilder("button");
        button.AddCssClass("button small copy");
        button.Attributes["type"] = "button";
        button.Attributes["data-copy"] = Id;
        button.Attributes["hidden"] = "hidden";
        var hidden = new TagBuilder("span");
        hidden.AddCssClass("visually-hidden");
        hidden.InnerHtml.Append(" " + Label);
        button.InnerHtml.AppendHtml(IconTagHelper.Draw("copy")).AppendHtml("<span data-copy-text>Copy</span>").AppendHtml(hidden);
        return button;
    }
}
