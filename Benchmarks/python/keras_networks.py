"""The reference models in Keras."""

from presets import EMBEDDING, VOCABULARY


def build(preset, metrics=True):
    """A compiled network of `preset`, with Keras's initial weights."""
    import keras
    from keras import layers

    cell = {"simple_rnn": layers.SimpleRNN, "lstm": layers.LSTM, "gru": layers.GRU}[preset.cell]
    stack = [keras.Input((preset.steps,) if preset.reads_tokens else (preset.steps, 1))]
    if preset.reads_tokens:
        stack.append(layers.Embedding(VOCABULARY, EMBEDDING))
    for number, units in enumerate(preset.units):
        layer = cell(units, return_sequences=number + 1 < len(preset.units))
        stack += [layers.Bidirectional(layer) if preset.bidirectional else layer, layers.Dropout(preset.dropout)]
    if preset.hidden:
        stack.append(layers.Dense(preset.hidden, activation="relu"))
    stack.append(layers.Dense(1, activation="sigmoid" if preset.is_classifier else None))
    network = keras.Sequential(stack)
    network.compile(
        keras.optimizers.Adam(0.001),
        "binary_crossentropy" if preset.is_classifier else "mse",
        metrics=["accuracy"] if metrics and preset.is_classifier else [],
    )
    return network
