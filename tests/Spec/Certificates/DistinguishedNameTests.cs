using System.Security.Cryptography.X509Certificates;
using Gatehouse.Protocol.Certificates;

namespace Gatehouse.Tests.Spec.Certificates;

/// <summary>Distinguished names as text against those in certificates: only the same attributes, values and order are the same name.</summary>
public sealed class DistinguishedNameTests
{
    [Theory, Rfc(4514, "2.4"), Rfc(8705, "2.1.2")]
    [InlineData("CN=client,O=Example,C=CH", "CN=client,O=Example,C=CH")]
    [InlineData("cn=client, o=Example, c=CH", "CN=client,O=Example,C=CH")]
    [InlineData("2.5.4.3=client,2.5.4.10=Example,2.5.4.6=CH", "CN=client,O=Example,C=CH")]
    [InlineData("CN=#0C06636C69656E74", "CN=client")]
    [InlineData(@"CN=a\,b\+c\=d", "CN=\"a,b+c=d\"")]
    [InlineData(@"CN=a\2Cb", "CN=\"a,b\"")]
    [InlineData(@"CN=Z\C3\BCrich", "CN=Zürich")]
    [InlineData("CN=Zürich", "CN=Zürich")]
    [InlineData(@"CN=\ a\ ", "CN=\" a \"")]
    [InlineData("emailAddress=a@b.example,CN=c", "E=a@b.example,CN=c")]
    public void The_same_name_in_another_spelling(string text, string name) => Assert.True(Matches(text, name));

    [Theory, Rfc(4514, "2.1"), Rfc(8705, "2.1.2")]
    [InlineData("CN=client,O=Example,C=CH", "C=CH,O=Example,CN=client")]
    [InlineData("CN=client,O=Example,C=CH", "CN=client,O=Example")]
    [InlineData("CN=client,O=Example", "CN=client,O=Example,C=CH")]
    [InlineData("CN=client", "CN=Client")]
    [InlineData("CN=client", "CN=client2")]
    [InlineData("CN=client", "O=client")]
    [InlineData("CN=client,O=Example", "CN=\"client,O=Example\"")]
    [InlineData("CN=a b", "CN=a  b")]
    [InlineData("CN=a+O=b", "CN=a,O=b")]
    public void Another_name(string text, string name) => Assert.False(Matches(text, name));

    [Fact, Rfc(4514, "2.2")]
    public void Attributes_that_stand_together_have_no_order()
    {
        Assert.True(DistinguishedName.TryParse("CN=a+O=b,C=CH", out var one));
        Assert.True(DistinguishedName.TryParse("O=b+CN=a,C=CH", out var other));
        Assert.True(DistinguishedName.TryParse("O=b,CN=a,C=CH", out var apart));
        Assert.Equal(one, other);
        Assert.NotEqual(one, apart);
    }

    [Theory, Rfc(4514, "3")]
    [InlineData("")]
    [InlineData("client")]
    [InlineData("CN=")]
    [InlineData("CN=a,")]
    [InlineData("CN=a,,O=b")]
    [InlineData("=a")]
    [InlineData("XX=a")]
    [InlineData("02.5.4.3=a")]
    [InlineData("2.5..3=a")]
    [InlineData("CN=\"a\"")]
    [InlineData("CN=a;b")]
    [InlineData(@"CN=a\")]
    [InlineData(@"CN=a\q")]
    [InlineData(@"CN=\C3")]
    [InlineData("CN=#0")]
    [InlineData("CN=#0C05636C69656E74")]
    [InlineData("CN=#")]
    public void What_is_no_name_is_not_read(string text) => Assert.False(DistinguishedName.TryParse(text, out _));

    private static bool Matches(string text, string name)
    {
        Assert.True(DistinguishedName.TryParse(text, out var expected), text);
        Assert.True(DistinguishedName.TryRead(new X500DistinguishedName(name).RawData, out var presented), name);
        return expected.Equals(presented);
    }
}
