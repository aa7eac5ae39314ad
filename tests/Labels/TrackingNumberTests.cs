using Labels;

namespace Gatehouse.Tests.Labels;

public sealed class TrackingNumberTests
{
    [Theory]
    // Package numbers, and an SSCC and two GTINs, which follow the same algorithm.
    [InlineData("9400110898825022579493")]
    [InlineData("9361289878700317633795")]
    [InlineData("106141412345678908")]
    [InlineData("4006381333931")]
    [InlineData("036000291452")]
    public void Known_numbers_have_their_known_check_digit(string number) =>
        Assert.Equal(number[^1], TrackingNumber.CheckDigit(number.AsSpan(0, number.Length - 1)));

    [Fact]
    public void A_check_digit_of_ten_is_a_zero() => Assert.Equal('0', TrackingNumber.CheckDigit("00"));

    [Fact]
    public void Every_number_has_22_digits_a_good_check_digit_and_is_new()
    {
        var numbers = Enumerable.Range(0, 1_000).Select(_ => TrackingNumber.Next(Service.Express)).ToList();

        Assert.All(numbers, number => Assert.Matches("^93003000000[0-9]{11}$", number));
        Assert.All(numbers, number => Assert.Equal(number[^1], TrackingNumber.CheckDigit(number.AsSpan(0, 21))));
        Assert.Equal(numbers.Count, numbers.Distinct().Count());
    }

    [Fact]
    public void People_read_it_in_groups_of_four() =>
        Assert.Equal("9400 1108 9882 5022 5794 93", TrackingNumber.Grouped("9400110898825022579493"));
}
