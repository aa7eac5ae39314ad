namespace Gatehouse.Composition;

/// <summary>What a node does; any combination.</summary>
[Flags]
public enum NodeRoles
{
    None = 0,

    /// <summary>The OAuth endpoints and the Admin API.</summary>
    Auth = 1,

    /// <summary>The developer portal.</summary>
    Portal = 2,

    /// <summary>The API gateway.</summary>
    Gateway = 4,

    All = Auth | Portal | Gateway,
}
