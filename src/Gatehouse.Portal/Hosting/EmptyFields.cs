using System.Reflection;
using Microsoft.AspNetCore.Mvc.ModelBinding.Metadata;

namespace Gatehouse.Portal.Hosting;

/// <summary>A field that was left empty is an empty string where the page's property is no <c>string?</c>: by default it would be null.</summary>
internal sealed class EmptyFields : IDisplayMetadataProvider
{
    public void CreateDisplayMetadata(DisplayMetadataProviderContext context)
    {
        if (context.Key.PropertyInfo is not { } property || property.PropertyType != typeof(string)) return;
        if (new NullabilityInfoContext().Create(property).WriteState == NullabilityState.NotNull)
            context.DisplayMetadata.ConvertEmptyStringToNull = false;
    }
}
