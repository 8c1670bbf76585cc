using System.Globalization;
using SkiaSharp;
using SoftPerm.Paper.Datasets;
using SoftPerm.Training;

namespace SoftPerm.Paper.Drawing;

/// <summary>Draws queries, each beside its nearest neighbours with their labels and distances, and what is right and what is wrong.</summary>
public static class NeighbourPicture
{
    private const int Margin = 32, Gap = 22, Divide = 30, HeadingHeight = 58, CaptionHeight = 88, LeastWidth = 960, MostColumns = 12;

    /// <summary>Draws the queries into a PNG file, one below the other.</summary>
    /// <param name="queries">The queries, at least one, all with images of one shape.</param>
    /// <param name="pngPath">The file; its folder exists.</param>
    /// <param name="names">The name of each label; null for the numbers.</param>
    /// <exception cref="ArgumentException">There are no queries, or the parts of one, or several, do not belong together.</exception>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public static void Draw(IReadOnlyList<NeighbourDrawing> queries, string pngPath, IReadOnlyList<string>? names = null)
    {
        var layout = Layout.Of(queries);
        var labels = new Labels(queries, names, layout.TileWidth);
        PictureFile.Save(pngPath, layout.Width, layout.Height, canvas =>
        {
            canvas.Clear(SKColors.White);
            DrawHeading(canvas, queries);
            foreach (var (row, query) in queries.Index()) DrawRow(canvas, query, layout, row, labels);
        }, magnification: 1);
    }

    private static void DrawHeading(SKCanvas canvas, IReadOnlyList<NeighbourDrawing> queries)
    {
        var width = PictureStyle.DrawText(canvas, "neighbours, nearest first", Margin, Margin + 28, 26, PictureStyle.Ink);
        var remark = $"left each query, its label and the one found: {queries.Count(q => q.IsRight)} of {queries.Count} right";
        PictureStyle.DrawText(canvas, remark, Margin + width + 24, Margin + 28, 26, PictureStyle.Faint);
    }

    private static void DrawRow(SKCanvas canvas, NeighbourDrawing query, Layout layout, int row, Labels labels)
    {
        var box = layout.Query(row);
        PictureStyle.DrawImage(canvas, query.Query, 0, box, PictureStyle.Edge, 2);
        labels.Draw(canvas, query.Label, box, 34, right: null);
        labels.Draw(canvas, query.Predicted, box, 64, query.IsRight);
        for (var place = 0; place < query.Neighbours.Count; place++)
        {
            box = layout.Neighbour(row, place);
            var label = query.Neighbours.Labels[place];
            PictureStyle.DrawImage(canvas, query.Neighbours, place, box, Labels.Color(label == query.Label), 4);
            labels.Draw(canvas, label, box, 34, label == query.Label);
            var distance = query.Distances[place].ToString("G4", CultureInfo.InvariantCulture);
            PictureStyle.DrawCaption(canvas, distance, new(box.MidX, box.Bottom + 62), PictureFonts.Regular, 20, PictureStyle.Faint);
        }
    }

    /// <summary>The labels' names, all in one size.</summary>
    private sealed class Labels(IReadOnlyList<NeighbourDrawing> queries, IReadOnlyList<string>? names, int width)
    {
        private readonly float size = PictureStyle.FittingSize(
            queries.SelectMany(q => (byte[])[q.Label, q.Predicted, .. q.Neighbours.Labels]).Distinct().Select(label => Name(label, names)), PictureFonts.Bold, 26, width);

        public static SKColor Color(bool? right) => right switch { null => PictureStyle.Ink, true => PictureStyle.Right, false => PictureStyle.Wrong };

        public void Draw(SKCanvas canvas, byte label, SKRect box, float below, bool? right) =>
            PictureStyle.DrawCaption(canvas, Name(label, names), new(box.MidX, box.Bottom + below), PictureFonts.Bold, size, Color(right), right);

        private static string Name(byte label, IReadOnlyList<string>? names) => names?[label] ?? label.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Where everything stands: the query to the left, its neighbours in lines of at most <see cref="MostColumns"/>.</summary>
    private readonly record struct Layout(int Rows, int Columns, int Lines, int TileWidth, int TileHeight)
    {
        private int LineHeight => TileHeight + CaptionHeight;

        public int Width => Math.Max(LeastWidth, 2 * Margin + TileWidth + Divide + Columns * (TileWidth + Gap));

        public int Height => 2 * Margin + HeadingHeight + Rows * Lines * LineHeight;

        public static Layout Of(IReadOnlyList<NeighbourDrawing> queries)
        {
            if (queries.Count == 0) throw new ArgumentException("There are no queries to draw; at least 1 is needed.", nameof(queries));
            foreach (var query in queries) query.Check();
            var first = queries[0].Query;
            if (queries.Any(q => (q.Query.Height, q.Query.Width) != (first.Height, first.Width)))
                throw new ArgumentException($"All queries must have images of {first.Height}x{first.Width} as the first has.", nameof(queries));
            var scale = PictureStyle.Magnification(first.Width, least: 140);
            var most = queries.Max(q => q.Neighbours.Count);
            var lines = (most + MostColumns - 1) / MostColumns;
            return new Layout(queries.Count, (most + lines - 1) / lines, lines, scale * first.Width, scale * first.Height);
        }

        public SKRect Query(int row) => Tile(Margin, row * Lines);

        public SKRect Neighbour(int row, int place) =>
            Tile(Margin + TileWidth + Divide + Gap + place % Columns * (TileWidth + Gap), row * Lines + place / Columns);

        private SKRect Tile(int x, int line) => SKRect.Create(x, Margin + HeadingHeight + line * LineHeight, TileWidth, TileHeight);
    }
}

/// <summary>A query image and its nearest neighbours, ready to be shown.</summary>
/// <param name="Query">One image with its true label.</param>
/// <param name="Neighbours">Its neighbours with their labels, nearest first.</param>
/// <param name="Distances">The distance of each neighbour.</param>
/// <param name="Predicted">The label the neighbours gave the query.</param>
public sealed record NeighbourDrawing(ImageSet Query, ImageSet Neighbours, IReadOnlyList<double> Distances, byte Predicted)
{
    /// <summary>The query's true label.</summary>
    public byte Label => Query.Labels[0];

    /// <summary>Whether the query was classified right.</summary>
    public bool IsRight => Predicted == Label;

    /// <exception cref="ArgumentException">The parts do not belong to one query.</exception>
    internal void Check()
    {
        if (Query.Count != 1) throw new ArgumentException($"The query is {Query.Count} images; it must be 1.");
        if (Neighbours.Count == 0) throw new ArgumentException("The query has no neighbours; at least 1 is needed.");
        if (Distances.Count != Neighbours.Count)
            throw new ArgumentException($"{Neighbours.Count} neighbours have {Distances.Count} distances; each needs one.");
        if (Query.Channels is not (1 or 3)) throw new ArgumentException($"Images have {Query.Channels} channels; allowed are 1 and 3.");
        if ((Query.Channels, Query.Height, Query.Width) != (Neighbours.Channels, Neighbours.Height, Neighbours.Width))
            throw new ArgumentException("The query and its neighbours must be images of one shape.");
    }
}
