using System.Diagnostics.CodeAnalysis;

namespace Labels;

/// <summary>The labels bought last, in memory, each found by its owner only.</summary>
internal sealed class LabelStore(int capacity)
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Owner, string Id), Label> labels = [];
    private readonly Queue<(string Owner, string Id)> oldestFirst = [];

    public void Add(string owner, Label label)
    {
        lock (gate)
        {
            if (labels.Count == capacity)
                labels.Remove(oldestFirst.Dequeue());
            labels.Add((owner, label.Id), label);
            oldestFirst.Enqueue((owner, label.Id));
        }
    }

    public bool TryFind(string owner, string id, [NotNullWhen(true)] out Label? label)
    {
        lock (gate)
            return labels.TryGetValue((owner, id), out label);
    }
}
