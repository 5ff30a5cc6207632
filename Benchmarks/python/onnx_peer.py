"""One row, step by step, in onnxruntime: the reference models as ONNX graphs with their states as inputs and outputs."""

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from presets import EMBEDDING, VOCABULARY

GATES = {"simple_rnn": 1, "lstm": 4, "gru": 3}
OPERATORS = {"simple_rnn": "RNN", "lstm": "LSTM", "gru": "GRU"}


class Graph:
    """A graph under construction: nodes, weights, and the states that are inputs and outputs."""

    def __init__(self, preset):
        self.preset = preset
        self.random = np.random.default_rng(0)
        self.nodes, self.weights, self.inputs, self.outputs = [], [], [], []
        self.states = {}

    def weight(self, name, *shape):
        values = self.random.standard_normal(shape, dtype="float32") * 0.08
        self.weights.append(numpy_helper.from_array(values, name))
        return name

    def constant(self, name, values):
        self.weights.append(numpy_helper.from_array(np.array(values, dtype="int64"), name))
        return name

    def node(self, operator, inputs, *outputs, **attributes):
        self.nodes.append(helper.make_node(operator, inputs, list(outputs), **attributes))
        return outputs[0]

    def recurrent(self, number, x, width, units):
        """A recurrent layer on `x` `[1, 1, width]`; returns h `[1, 1, units]`."""
        kind, size = self.preset.cell, GATES[self.preset.cell] * units
        weights = [self.weight(f"{name}{number}", 1, size, inner) for name, inner in (("w", width), ("r", units))]
        weights.append(self.weight(f"b{number}", 1, 2 * size))
        names = ["h", "c"] if kind == "lstm" else ["h"]
        for name in names:
            self.states[f"{name}{number}"] = np.zeros((1, 1, units), dtype="float32")
            for suffix, ends in (("", self.inputs), ("_after", self.outputs)):
                ends.append(helper.make_tensor_value_info(f"{name}{number}{suffix}", TensorProto.FLOAT, [1, 1, units]))
        options = {"linear_before_reset": 1} if kind == "gru" else {}
        self.node(
            OPERATORS[kind], [x, *weights, "", *(f"{name}{number}" for name in names)],
            "", *(f"{name}{number}_after" for name in names), hidden_size=units, **options,
        )
        return f"h{number}_after"

    def dense(self, name, x, width, units):
        return self.node("Gemm", [x, self.weight(f"{name}_w", width, units), self.weight(f"{name}_b", units)], name)

    def model(self):
        preset = self.preset
        if preset.reads_tokens:
            self.inputs.append(helper.make_tensor_value_info("x", TensorProto.INT64, [1, 1]))
            x, width = self.node("Gather", [self.weight("e", VOCABULARY, EMBEDDING), "x"], "embedded"), EMBEDDING
        else:
            self.inputs.append(helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 1, 1]))
            x, width = "x", 1
        for number, units in enumerate(preset.units):
            x, width = self.recurrent(number, x, width, units), units
        x = self.node("Reshape", [x, self.constant("flat", [1, width])], "row")
        if preset.hidden:
            x, width = self.node("Relu", [self.dense("hidden", x, width, preset.hidden)], "active"), preset.hidden
        x = self.dense("last", x, width, 1)
        x = self.node("Sigmoid", [x], "prediction") if preset.is_classifier else x
        self.outputs.insert(0, helper.make_tensor_value_info(x, TensorProto.FLOAT, [1, 1]))
        graph = helper.make_graph(self.nodes, preset.name, self.inputs, self.outputs, self.weights)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


class Peer:
    """A session of one model that runs step by step; it neither trains nor predicts whole rows."""

    def __init__(self, preset):
        graph = Graph(preset)
        model = graph.model().SerializeToString()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.preset, self.states = preset, graph.states
        self.session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def step(self, x, count):
        """Runs one row for `count` steps, one call each, passing the state from call to call."""
        inputs = x[:1].astype("int64") if self.preset.reads_tokens else x[:1]
        states = dict(self.states)
        for number in range(count):
            place = number % inputs.shape[1]
            _, *after = self.session.run(None, {"x": inputs[:, place : place + 1], **states})
            states = dict(zip(states, after))
        return count


def versions():
    return {"onnxruntime": onnxruntime.__version__}
