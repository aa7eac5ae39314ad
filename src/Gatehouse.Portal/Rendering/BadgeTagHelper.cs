using Gatehouse.Store.Model;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Gatehouse.Portal.Rendering;

/// <summary>A state, as a word with a sign beside it: colour alone says nothing.</summary>
[HtmlTargetElement("gh-badge", TagStructure = TagStructure.WithoutEndTag)]
public sealed class BadgeTagHelper : TagHelper
{
    /// <summary>A state of the model, or a word of <see cref="Word"/>.</summary>
    public object State { get; set; } = Word.Active;

    /// <summary>States that the store has as dates.</summary>
    public enum Word
    {
        Active,
        Expired,
        Retired,

        /// <summary>An application that works although nobody has approved it.</summary>
        Unverified,
    }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var (text, tone, icon) = State switch
        {
            Word.Active or ApplicationState.Active => ("Active", "good", "check"),
            Word.Expired => ("Expired", "bad", "clock"),
            Word.Retired or ApplicationState.Retired => ("Retired", "quiet", "dash"),
            Word.Unverified => ("In use, unverified", "wait", "alert"),
            ContractState.Approved => ("Approved", "good", "check"),
            ApplicationState.Pending => ("Waits for approval", "wait", "clock"),
            ContractState.Requested => ("Requested", "wait", "clock"),
            ContractState.Suspended => ("Suspended", "wait", "pause"),
            ContractState.Revoked => ("Revoked", "bad", "cross"),
            _ => throw new InvalidOperationException($"There is no badge for {State}."),
        };
        output.TagName = "span";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", $"badge {tone}");
        output.Content.AppendHtml(IconTagHelper.Draw(icon)).Append(text);
    }
}
