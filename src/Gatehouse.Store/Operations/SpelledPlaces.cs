using Gatehouse.Store.Model;

namespace Gatehouse.Store.Operations;

/// <summary>
/// The places of the path tree, each in the letters of the operation that was there first. Two names at one place that differ by case alone are
/// two calls for the gateway and one for an upstream that ignores case, which could run the one that the gateway did not decide about.
/// </summary>
internal static class SpelledPlaces
{
    /// <summary>The first of the operations that spells a place otherwise than those before it, or than one of the others; null: none does.</summary>
    public static ApiOperation? FindOther(IEnumerable<ApiOperation> others, IEnumerable<ApiOperation> operations)
    {
        var places = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var operation in others) IsTheirs(places, operation);
        return operations.FirstOrDefault(operation => !IsTheirs(places, operation));
    }

    // A place is the path as far as to a segment, with parameters that have no name.
    private static bool IsTheirs(Dictionary<string, string> places, ApiOperation operation)
    {
        var shape = operation.Shape;
        for (var end = shape.IndexOf('/', 1); ; end = shape.IndexOf('/', end + 1))
        {
            var place = end < 0 ? shape : shape[..end];
            if (!places.TryAdd(place, place) && places[place] != place) return false;
            if (end < 0) return true;
        }
    }
}
