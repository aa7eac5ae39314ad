using System.Reflection;
using Gatehouse.Portal.Pages.Application;
using Gatehouse.Portal.Pages.Problem;
using Gatehouse.Portal.Tenancy;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApplicationModels;

namespace Gatehouse.Portal.Hosting;

/// <summary>What holds for every page: closed unless it says otherwise, small forms, no application but one's own.</summary>
internal sealed class PageRules : IPageApplicationModelConvention
{
    /// <summary>The largest form, in bytes; the largest field that a page has takes 1000 characters.</summary>
    private const int MaxForm = 32 * 1024;

    private const string OwnedFolder = "/Pages/Application/";

    public void Apply(PageApplicationModel model)
    {
        if (model.ModelType?.GetCustomAttribute<PublicPageAttribute>() is null)
            model.EndpointMetadata.Add(new AuthorizeAttribute(Membership.Policy));
        var isOwned = typeof(OwnedApplicationPage).IsAssignableFrom(model.ModelType);
        if (model.RelativePath.StartsWith(OwnedFolder, StringComparison.Ordinal) && !isOwned)
            throw new InvalidOperationException($"{model.RelativePath} must derive from {nameof(OwnedApplicationPage)}.");
        if (model.ModelType == typeof(ProblemPage)) return; // It comes after the form was read.
        model.Filters.Add(new RequestSizeLimitAttribute(MaxForm));
        model.Filters.Add(new RequestFormLimitsAttribute
        {
            BufferBodyLengthLimit = MaxForm, MultipartBodyLengthLimit = MaxForm,
            ValueCountLimit = 128, KeyLengthLimit = 256, ValueLengthLimit = 8 * 1024,
        });
    }
}
