using System.Text;
using System.Xml;

namespace NlpPretrain.Text;

/// <summary>Reads the paragraphs of prose of a documentation file in the format of C# compilers, in constant memory.</summary>
internal sealed class DocumentationReader(string path) : IDisposable
{
    /// <summary>A longer piece of code is no part of a sentence.</summary>
    private const int LongestInlineCode = 200;

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        CloseInput = true,
    };

    private readonly ParagraphBuilder _paragraphs = new();
    private readonly StringBuilder _code = new();
    private readonly char[] _chunk = new char[4096];
    private XmlReader? _xml;
    private bool _inMember, _inCode, _codeIsBlock;
    private string? _reference; // what an element without text stands for
    private bool _skipped; // the reader is already at the node to see next

    /// <summary>The identifier of the member whose paragraph <see cref="Next"/> gave last; empty where it has none.</summary>
    public string Member { get; private set; } = "";

    /// <summary>The next paragraph, or null at the end of the file.</summary>
    public string? Next()
    {
        try
        {
            _xml ??= XmlReader.Create(File.OpenRead(path), Settings);
            while (true)
            {
                if (_paragraphs.Take() is { } paragraph) return paragraph;

                bool found = _skipped ? !_xml.EOF : _xml.Read();
                _skipped = false;
                if (!found) return null;

                See(_xml);
            }
        }
        catch (XmlException exception)
        {
            int line = Math.Max(exception.LineNumber, 1); // 0 where it is about the file as a whole
            throw new CorpusException($"'{path}' is not well-formed XML at line {line}: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CorpusException($"'{path}' cannot be read: {exception.Message}", exception);
        }
    }

    public void Dispose() => _xml?.Dispose();

    private void See(XmlReader xml)
    {
        switch (xml.NodeType)
        {
            case XmlNodeType.Element when xml.LocalName == "member":
                _inMember = !xml.IsEmptyElement;
                Member = xml.GetAttribute("name") ?? "";
                break;

            case XmlNodeType.Element when _inMember:
                Open(xml);
                break;

            case XmlNodeType.EndElement when _inMember:
                Close(xml);
                break;

            case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace when _inMember:
                AppendText(xml);
                break;
        }
    }

    private void Open(XmlReader xml)
    {
        _reference = null;
        switch (xml.LocalName)
        {
            case "see" or "xref" or "paramref" or "typeparamref":
                _reference = ReadReference(xml);
                if (xml.IsEmptyElement) AppendReference();
                break;

            case "code":
                _inCode = !xml.IsEmptyElement;
                _codeIsBlock = false;
                _code.Clear();
                break;

            case "seealso" or "script" or "devremarks" or "forInternalUseOnly":
                _paragraphs.End();
                xml.Skip();
                _skipped = true;
                break;

            default:
                Separate(xml.LocalName);
                break;
        }
    }

    private void Close(XmlReader xml)
    {
        AppendReference();
        switch (xml.LocalName)
        {
            case "code":
                _inCode = false;
                if (_codeIsBlock) _paragraphs.End();
                else _paragraphs.Append(_code.ToString());
                break;

            case "member":
                _paragraphs.End();
                _inMember = _inCode = false;
                break;

            default:
                Separate(xml.LocalName);
                break;
        }
    }

    /// <summary>Ends the paragraph, unless the element is one within a sentence.</summary>
    private void Separate(string element)
    {
        if (_inCode) return;

        switch (element)
        {
            case "see" or "xref" or "paramref" or "typeparamref" or "c" or "a" or "b" or "i" or "em" or "strong" or "sub" or "sup":
                break;

            case "br" or "term" or "description":
                _paragraphs.Append(" ");
                break;

            default:
                _paragraphs.End();
                break;
        }
    }

    private void AppendText(XmlReader xml)
    {
        for (int read; (read = xml.ReadValueChunk(_chunk, 0, _chunk.Length)) > 0;)
        {
            ReadOnlySpan<char> text = _chunk.AsSpan(0, read);
            _reference = null;
            if (!_inCode) _paragraphs.Append(text);
            else if (text.Contains('\n') || _code.Length + text.Length > LongestInlineCode) _codeIsBlock = true;
            else _code.Append(text);
        }
    }

    private void AppendReference()
    {
        if (_reference is null) return;

        if (_inCode) _code.Append(_reference);
        else _paragraphs.Append(_reference);
        _reference = null;
    }

    private static string? ReadReference(XmlReader xml) =>
        xml.GetAttribute("langword")
        ?? xml.GetAttribute("name")
        ?? ((xml.GetAttribute("cref") ?? xml.GetAttribute("uid")) is { } identifier ? SimpleName(identifier).ToString() : null);

    /// <summary>The last name of a documentation identifier, without arity, type arguments and parameters.</summary>
    internal static ReadOnlySpan<char> SimpleName(ReadOnlySpan<char> identifier)
    {
        identifier = identifier[(identifier.IndexOf(':') + 1)..];
        int end = identifier.IndexOfAny("({[~");
        if (end >= 0) identifier = identifier[..end];
        if (identifier.EndsWith(".#ctor") || identifier.EndsWith(".#cctor")) identifier = identifier[..identifier.LastIndexOf('.')];
        identifier = identifier[(identifier.LastIndexOfAny('.', '#', '+') + 1)..];
        int arity = identifier.IndexOf('`');
        return arity < 0 ? identifier : identifier[..arity];
    }
}
