namespace Gatehouse.Store.Model;

public enum SigningKeyState
{
    Announced,
    Active,
    Retired,
}

/// <summary>A P-256 signing key: public half in the clear, private half under the key-encryption key.</summary>
public sealed class SigningKeyRecord
{
    /// <summary>The RFC 7638 thumbprint.</summary>
    public required string Kid { get; set; }

    public required string X { get; set; }

    public required string Y { get; set; }

    public required byte[] EncryptedPrivateKey { get; set; }

    public SigningKeyState State { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>A named value of the installation itself.</summary>
public sealed class Setting
{
    public required string Name { get; set; }

    public required byte[] Value { get; set; }
}
