using System.Text;
using Gatehouse.Protocol.Forms;

namespace Gatehouse.Tests.Protocol.Forms;

/// <summary>Bodies of <c>application/x-www-form-urlencoded</c> (RFC 6749 Appendix B), read strictly.</summary>
public sealed class FormBodyTests
{
    [Theory]
    [InlineData("x=a", "a")]
    [InlineData("x=a+b", "a b")]
    [InlineData("x=a%20b", "a b")]
    [InlineData("x=%C3%A9", "é")]
    [InlineData("x=%c3%a9", "é")]
    [InlineData("x=%2B%26%3D", "+&=")]
    [InlineData("x=a=b", "a=b")]
    [InlineData("&&x=a&", "a")]
    [InlineData("%78=a", "a")]
    [InlineData("x=a%0D%0A%09b", "a\r\n\tb")]
    [InlineData("x=%20", " ")]
    [InlineData("x=%7E", "~")]
    [InlineData("x=", null)]
    [InlineData("x", null)]
    [InlineData("X=a", null)]
    [InlineData("", null)]
    public void A_value_is_what_its_encoding_says(string body, string? value)
    {
        Assert.Equal(FormError.None, Parse(body, out var form, out var culprit));
        Assert.Equal(value, form["x"]);
        Assert.Null(culprit);
    }

    [Fact]
    public void A_name_may_be_empty()
    {
        Assert.Equal(FormError.None, Parse("=a&x=b", out var form, out _));
        Assert.Equal(("a", "b"), (form[string.Empty], form["x"]));
    }

    [Theory]
    [InlineData("x=%", FormError.InvalidEncoding, "x")]
    [InlineData("x=%4", FormError.InvalidEncoding, "x")]
    [InlineData("x=%4g", FormError.InvalidEncoding, "x")]
    [InlineData("x=%g4", FormError.InvalidEncoding, "x")]
    [InlineData("x=%FF", FormError.InvalidEncoding, "x")]
    [InlineData("x=%C3", FormError.InvalidEncoding, "x")]
    [InlineData("x=%ED%A0%80", FormError.InvalidEncoding, "x")] // Half of a surrogate pair.
    [InlineData("x=%C0%80", FormError.InvalidEncoding, "x")] // Overlong.
    [InlineData("%=a", FormError.InvalidEncoding, null)]
    [InlineData("x=%00", FormError.ControlCharacter, "x")]
    [InlineData("x=%1F", FormError.ControlCharacter, "x")]
    [InlineData("x=%7F", FormError.ControlCharacter, "x")]
    [InlineData("x=%0B", FormError.ControlCharacter, "x")]
    [InlineData("%00=a", FormError.ControlCharacter, null)]
    [InlineData("x=a&x=b", FormError.DuplicateParameter, "x")]
    [InlineData("x=a&x=a", FormError.DuplicateParameter, "x")]
    [InlineData("x=&x=a", FormError.DuplicateParameter, "x")]
    [InlineData("x=a&x=", FormError.DuplicateParameter, "x")]
    [InlineData("x=a&%78=b", FormError.DuplicateParameter, "x")]
    [InlineData("client_id=a&client_id=b", FormError.DuplicateParameter, "client_id")]
    [InlineData("a%20b=1&a%20b=2", FormError.DuplicateParameter, null)] // Not printable, so it is not named.
    [InlineData("y=1&x=%", FormError.InvalidEncoding, "x")]
    [InlineData("=a&=b", FormError.DuplicateParameter, "")]
    public void What_is_no_such_form_is_refused_and_the_parameter_named(string body, FormError error, string? culprit)
    {
        Assert.Equal(error, Parse(body, out _, out var named));
        Assert.Equal(culprit, named);
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Only_a_short_name_is_named(int length, bool isNamed)
    {
        var name = new string('n', length);
        Assert.Equal(FormError.DuplicateParameter, Parse($"{name}=1&{name}=2", out _, out var culprit));
        Assert.Equal(isNamed ? name : null, culprit);
    }

    [Theory]
    [InlineData("resource")]
    [InlineData("audience")]
    public void A_target_may_come_several_times(string name)
    {
        Assert.Equal(FormError.None, Parse($"{name}=a&x=1&{name}=b&{name}=a&{name}=", out var form, out _));
        Assert.Equal(["a", "b"], form.All(name));
        Assert.Equal("a", form[name]);
        Assert.Equal(["1"], form.All("x"));
    }

    [Fact]
    public void Targets_do_not_mix()
    {
        Assert.Equal(FormError.None, Parse("resource=a&resource=b&audience=c&audience=d", out var form, out _));
        Assert.Equal(["a", "b"], form.All("resource"));
        Assert.Equal(["c", "d"], form.All("audience"));
    }

    [Fact]
    public void What_is_absent_has_no_value()
    {
        Assert.Equal(FormError.None, Parse("resource=&x=", out var form, out _));
        Assert.Empty(form.All("resource"));
        Assert.Empty(form.All("x"));
        Assert.Equal(FormError.None, Parse("resource=&resource=a", out form, out _));
        Assert.Equal(["a"], form.All("resource"));
    }

    [Fact]
    public void There_are_up_to_64_parameters()
    {
        Assert.Equal(FormError.None, Parse(string.Join('&', Enumerable.Range(0, 64).Select(n => $"p{n}=1")), out var form, out _));
        Assert.Equal("1", form["p63"]);
        Assert.Equal(FormError.TooManyParameters, Parse(string.Join('&', Enumerable.Range(0, 65).Select(n => $"p{n}=1")), out _, out _));
    }

    [Fact]
    public void Those_that_repeat_count_each_time()
    {
        Assert.Equal(FormError.None, Parse(string.Join('&', Enumerable.Range(0, 64).Select(n => $"resource=r{n}")), out var form, out _));
        Assert.Equal(64, form.All("resource").Count);
        Assert.Equal(FormError.TooManyParameters, Parse(string.Join('&', Enumerable.Range(0, 65).Select(n => $"resource=r{n}")), out _, out _));
    }

    [Fact]
    public void Parameters_of_another_form_are_read_as_those_of_a_body()
    {
        var form = FormBody.Of([("state", "a&b=c +%é"), ("resource", "1"), ("resource", "2"), ("empty", "")]);
        Assert.NotNull(form);
        Assert.Equal("a&b=c +%é", form["state"]);
        Assert.Equal(["1", "2"], form.All("resource"));
        Assert.Null(form["empty"]);
    }

    [Fact]
    public void Parameters_of_another_form_have_the_limits_of_a_body()
    {
        Assert.Null(FormBody.Of([("x", "1"), ("x", "2")]));
        Assert.Null(FormBody.Of([("x", "\0")]));
        Assert.NotNull(FormBody.Of([("x", new string('a', FormBody.MaxBytes - 2))]));
        Assert.Null(FormBody.Of([("x", new string('a', FormBody.MaxBytes - 1))]));
    }

    [Fact]
    public void What_cannot_be_decoded_gives_no_text()
    {
        Assert.Equal(FormError.InvalidEncoding, FormBody.Decode("a%"u8, new byte[2], out var text));
        Assert.Equal(string.Empty, text);
    }

    [Fact]
    public void The_largest_body_has_64_KiB() => Assert.Equal(65536, FormBody.MaxBytes);

    private static FormError Parse(string body, out FormBody form, out string? culprit) => FormBody.TryParse(Encoding.UTF8.GetBytes(body), out form, out culprit);
}
