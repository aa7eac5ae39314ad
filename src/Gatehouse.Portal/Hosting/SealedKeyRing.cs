using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Gatehouse.Store.Secrets;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Portal.Hosting;

/// <summary>
/// Seals the Data Protection keys under the key-encryption key before they reach the store: whoever has the database alone can forge
/// neither a cookie nor a form token.
/// </summary>
internal sealed class KeyRingSealer(KeyEncryptionKey key) : IXmlEncryptor
{
    internal const string Purpose = "data-protection";

    /// <summary>The key ring's XML does not name the key inside; all of its elements share one context.</summary>
    internal const string Context = "key-ring";

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var plaintext = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        var sealedBytes = key.Seal(Purpose, Context, plaintext);
        CryptographicOperations.ZeroMemory(plaintext);
        return new EncryptedXmlInfo(new XElement("sealed", Convert.ToBase64String(sealedBytes)), typeof(KeyRingOpener));
    }
}

/// <summary>Opens what <see cref="KeyRingSealer"/> sealed. The key ring's XML names this class.</summary>
internal sealed class KeyRingOpener(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement)
    {
        var key = services.GetRequiredService<KeyEncryptionKey>();
        var plaintext = key.Open(KeyRingSealer.Purpose, KeyRingSealer.Context, Convert.FromBase64String(encryptedElement.Value));
        var element = XElement.Parse(Encoding.UTF8.GetString(plaintext));
        CryptographicOperations.ZeroMemory(plaintext);
        return element;
    }
}
