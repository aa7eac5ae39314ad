namespace Gatehouse.Store.Model;

/// <summary>The life of a signing key. All three are published; only an active one signs.</summary>
public enum SigningKeyState
{
    Announced,
    Active,
    Retired,
}

/// <summary>A signing key: public half in the clear, private half under the key-encryption key.</summary>
public sealed class SigningKeyRecord
{
    /// <summary>The RFC 7638 thumbprint.</summary>
    public required string Kid { get; set; }

    /// <summary>The one algorithm that it is for.</summary>
    public required string Algorithm { get; set; }

    /// <summary>The public half as JWK.</summary>
    public required string PublicKey { get; set; }

    public required byte[] EncryptedPrivateKey { get; set; }

    public SigningKeyState State { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Since when it has been in its state.</summary>
    public DateTimeOffset ChangedAt { get; set; }
}

/// <summary>A named value of the installation itself.</summary>
public sealed class Setting
{
    public required string Name { get; set; }

    public required byte[] Value { get; set; }
}
