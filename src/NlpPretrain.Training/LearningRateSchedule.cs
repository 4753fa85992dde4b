namespace NlpPretrain.Training;

/// <summary>The learning rate as a pure function of the position in a run.</summary>
/// <param name="progress">The part of the run that is done, from 0 to 1.</param>
/// <returns>A factor on the highest learning rate, from 0 to 1.</returns>
public delegate double LearningRateSchedule(double progress);
