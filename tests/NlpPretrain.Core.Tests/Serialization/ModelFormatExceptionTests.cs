using NlpPretrain.Serialization;

namespace NlpPretrain.Core.Tests.Serialization;

public sealed class ModelFormatExceptionTests
{
    [Fact]
    public void Message_names_file_place_field_expected_and_found()
    {
        var exception = new ModelFormatException("model.safetensors", "header length", "at most 92", "200", offset: 0);

        exception.Message.Should().Be("model.safetensors, byte 0, header length: expected at most 92, found 200.");
        (exception.Path, exception.Field, exception.Expected, exception.Found, exception.Offset)
            .Should().Be(("model.safetensors", "header length", "at most 92", "200", 0L));
    }

    [Fact]
    public void Message_leaves_out_an_unknown_offset() =>
        new ModelFormatException("v.txt", "line 3", "5 numbers", "4").Message.Should().Be("v.txt, line 3: expected 5 numbers, found 4.");
}
