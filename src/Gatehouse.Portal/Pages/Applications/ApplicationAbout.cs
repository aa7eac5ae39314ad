using System.ComponentModel.DataAnnotations;

namespace Gatehouse.Portal.Pages.Applications;

/// <summary>What a person writes about an application.</summary>
internal sealed class ApplicationAbout
{
    [Required(ErrorMessage = "Give the application a name.")]
    [StringLength(128, ErrorMessage = "The name may have up to 128 characters.")]
    [RegularExpression(@"[^\p{Cc}]*", ErrorMessage = "The name contains characters that cannot be typed.")]
    public string Name { get; set; } = string.Empty;

    [StringLength(1000, ErrorMessage = "The description may have up to 1000 characters.")]
    [RegularExpression(@"[^\x00-\x08\x0B\x0C\x0E-\x1F\x7F]*", ErrorMessage = "The description contains characters that cannot be typed.")]
    public string? Description { get; set; }
}
