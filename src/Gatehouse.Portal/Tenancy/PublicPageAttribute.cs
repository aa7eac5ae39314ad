namespace Gatehouse.Portal.Tenancy;

/// <summary>A page for everybody: signing in, and saying what went wrong.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class PublicPageAttribute : Attribute;
