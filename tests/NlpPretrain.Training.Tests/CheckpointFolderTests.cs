using NlpPretrain.Testing;

namespace NlpPretrain.Training.Tests;

public sealed class CheckpointFolderTests : IDisposable
{
    private readonly TemporaryFolder _root = new();

    public void Dispose() => _root.Dispose();

    private string Place => _root.File("checkpoints");

    [Fact]
    public void A_saved_checkpoint_is_found_with_its_files()
    {
        var folder = new CheckpointFolder(Place);

        Checkpoint saved = folder.Save(1_000, path => WriteFiles(path, 1_000));

        saved.Should().Be(new Checkpoint(Path.Combine(Place, "step-000001000"), 1_000));
        folder.Latest().Should().BeEquivalentTo(new CheckpointSearch(saved, []));
        File.ReadAllText(Path.Combine(saved.Folder, "optimizer", "state.bin")).Should().Be("state 1000");
        Names(Place).Should().Equal(".lock", "step-000001000");
    }

    [Fact]
    public void The_manifest_lists_lengths_and_published_hashes()
    {
        Checkpoint saved = new CheckpointFolder(Place).Save(7, path =>
        {
            File.WriteAllText(Path.Combine(path, "abc.txt"), "abc");
            File.WriteAllText(Path.Combine(path, "empty"), "");
        });

        // The hashes of "abc" and of nothing, from FIPS 180-2 and its examples.
        File.ReadAllText(Path.Combine(saved.Folder, "manifest.json")).Should().Be("""
            {
              "format": 1,
              "step": 7,
              "files": [
                {
                  "path": "abc.txt",
                  "length": 3,
                  "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
                },
                {
                  "path": "empty",
                  "length": 0,
                  "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
                }
              ]
            }
            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Keeps_the_newest_and_deletes_older_ones()
    {
        var folder = new CheckpointFolder(Place, keep: 3);
        foreach (long step in new long[] { 1, 2, 10, 999_999_999, 1_000_000_000, 20_000_000_000 }) folder.Save(step, path => WriteFiles(path, step));

        Names(Place).Should().Equal(".lock", "step-1000000000", "step-20000000000", "step-999999999");
        folder.Latest().Found!.Step.Should().Be(20_000_000_000);
    }

    [Fact]
    public void A_step_saved_again_is_replaced()
    {
        var folder = new CheckpointFolder(Place);
        folder.Save(5, path => WriteFiles(path, 5));
        folder.Save(5, path => File.WriteAllText(Path.Combine(path, "other"), "second"));

        CheckpointSearch search = folder.Latest();
        search.Damaged.Should().BeEmpty();
        Names(search.Found!.Folder).Should().Equal("manifest.json", "other");
        Names(Place).Should().Equal(".lock", "step-000000005");
    }

    [Fact]
    public void A_save_deletes_later_steps_which_a_resumed_run_passed_over()
    {
        var folder = new CheckpointFolder(Place, keep: 2);
        foreach (long step in new long[] { 1, 2, 3 }) folder.Save(step, path => WriteFiles(path, step));
        File.WriteAllText(Path.Combine(Place, "step-000000003", "model.bin"), "damaged");

        CheckpointSearch start = folder.Begin(resume: true);
        start.Found!.Step.Should().Be(2);
        start.Damaged.Should().ContainSingle();
        folder.Save(start.Found.Step, path => WriteFiles(path, 2));

        Names(Place).Should().Equal(".lock", "step-000000002");
    }

    [Fact]
    public void A_run_that_does_not_resume_refuses_a_folder_with_checkpoints()
    {
        var folder = new CheckpointFolder(Place);
        folder.Begin(resume: false).Should().BeEquivalentTo(new CheckpointSearch(null, []));
        folder.Begin(resume: true).Found.Should().BeNull();
        folder.Save(3, path => WriteFiles(path, 3));

        folder.Invoking(f => f.Begin(resume: false)).Should().Throw<IOException>().WithMessage("*holds checkpoints up to step 3*TrainingOptions.Resume*");
        folder.Begin(resume: true).Found!.Step.Should().Be(3);
    }

    [Fact]
    public void Other_names_are_no_checkpoints_and_stay()
    {
        var folder = new CheckpointFolder(Place, keep: 1);
        string[] others = ["step-1", "step-0000000001", "step--00000001", "step-000000001x", "step-", "notes", ".writing-notes", "step-00000000１"];
        foreach (string name in others) Directory.CreateDirectory(Path.Combine(Place, name));
        Directory.CreateDirectory(Place);
        File.WriteAllText(Path.Combine(Place, "step-000000009"), "a file");

        folder.Latest().Found.Should().BeNull();
        folder.Save(1, path => WriteFiles(path, 1));
        folder.Save(2, path => WriteFiles(path, 2));

        Names(Place).Should().BeEquivalentTo([.. others, "step-000000009", "step-000000002", ".lock"]);
    }

    [Fact]
    public void A_missing_folder_has_no_checkpoint_and_reading_does_not_create_it()
    {
        new CheckpointFolder(Place).Latest().Should().BeEquivalentTo(new CheckpointSearch(null, []));
        Directory.Exists(Place).Should().BeFalse();
    }

    [Fact]
    public void A_folder_that_is_a_file_or_lies_below_one_is_an_error()
    {
        string file = _root.Write("file", "x");
        var folder = new CheckpointFolder(file);
        folder.Invoking(f => f.Begin(resume: false)).Should().Throw<IOException>().WithMessage("*is a file*TrainingOptions.CheckpointFolder*");
        folder.Invoking(f => f.Save(1, path => WriteFiles(path, 1))).Should().Throw<IOException>().WithMessage("*is a file*");
        folder.Invoking(f => f.Latest()).Should().Throw<IOException>().WithMessage("*is a file*");

        var below = new CheckpointFolder(Path.Combine(file, "below"));
        below.Invoking(f => f.Begin(resume: false)).Should().Throw<IOException>().WithMessage("*cannot be written*TrainingOptions.CheckpointFolder*");
        File.ReadAllText(file).Should().Be("x");
    }

    [Fact]
    public void A_full_disk_is_an_error_and_leaves_what_was_there()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "Needs /dev/full.");
        var folder = new CheckpointFolder(Place);
        folder.Save(1, path => WriteFiles(path, 1));

        folder.Invoking(f => f.Save(2, path =>
        {
            WriteFiles(path, 2);
            File.WriteAllText("/dev/full", "no space is left for this");
        })).Should().Throw<IOException>();

        folder.Latest().Should().BeEquivalentTo(new CheckpointSearch(new Checkpoint(Path.Combine(Place, "step-000000001"), 1), []));
        Names(Place).Should().Equal(".lock", "step-000000001");
    }

    [Fact]
    public void Two_writers_at_once_are_an_error_for_the_second()
    {
        var folder = new CheckpointFolder(Place);
        folder.Save(1, path =>
        {
            WriteFiles(path, 1);
            var second = new CheckpointFolder(Place);
            second.Invoking(f => f.Save(2, inner => WriteFiles(inner, 2))).Should().Throw<IOException>().WithMessage("*another run is saving into it*");
            second.Invoking(f => f.Begin(resume: true)).Should().Throw<IOException>().WithMessage("*another run is saving into it*");
        });

        folder.Latest().Found!.Step.Should().Be(1);
    }

    [Fact]
    public void A_save_needs_files_with_ordinary_names()
    {
        var folder = new CheckpointFolder(Place);
        folder.Invoking(f => f.Save(1, path => Directory.CreateDirectory(Path.Combine(path, "empty")))).Should().Throw<InvalidOperationException>().WithMessage("Nothing was written*");
        folder.Invoking(f => f.Save(1, path => File.WriteAllText(Path.Combine(path, "manifest.json"), "{}"))).Should().Throw<InvalidOperationException>().WithMessage("*another name*");
        if (!OperatingSystem.IsWindows())
            folder.Invoking(f => f.Save(1, path => File.WriteAllText(Path.Combine(path, "a\\b"), "x"))).Should().Throw<InvalidOperationException>().WithMessage("*cannot hold*");

        folder.Latest().Should().BeEquivalentTo(new CheckpointSearch(null, []));
        Names(Place).Should().Equal(".lock");
    }

    [Fact]
    public void Refuses_numbers_out_of_range()
    {
        FluentActions.Invoking(() => new CheckpointFolder(Place, keep: 0)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new CheckpointFolder("")).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => new CheckpointFolder(Place).Save(-1, path => WriteFiles(path, 1))).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public async Task A_reader_beside_a_writer_sees_only_whole_checkpoints_in_order()
    {
        var folder = new CheckpointFolder(Place, keep: 1);
        folder.Save(1, path => WriteFiles(path, 1));
        CancellationToken token = TestContext.Current.CancellationToken;
        bool done = false;
        Task<int> reader = Task.Run(() =>
        {
            long last = 0;
            int readings = 0;
            do
            {
                CheckpointSearch search = new CheckpointFolder(Place).Latest();
                if (search.Damaged.Count > 0) throw search.Damaged[0];
                if (search.Found!.Step < last) throw new InvalidOperationException($"Step {search.Found.Step} came after {last}.");
                last = search.Found.Step;
                readings++;
            }
            while (!Volatile.Read(ref done));
            return readings;
        }, token);

        for (long step = 2; step <= 40; step++) folder.Save(step, path => WriteFiles(path, step));
        Volatile.Write(ref done, true);

        (await reader).Should().BeGreaterThan(5);
    }

    internal static void WriteFiles(string folder, long step)
    {
        Directory.CreateDirectory(Path.Combine(folder, "optimizer"));
        File.WriteAllText(Path.Combine(folder, "config.json"), "{}");
        File.WriteAllText(Path.Combine(folder, "model.bin"), $"weights {step}");
        File.WriteAllText(Path.Combine(folder, "optimizer", "state.bin"), $"state {step}");
    }

    internal static string[] Names(string folder) => [.. Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
}
