// The layers string: parsing, writing, and error messages.

import Failures
import Networks
import Testing

@Suite struct LayerTextTests {
  /// Layers as written, each with an option that differs from Keras's default.
  private static let written = [
    "embedding(10,3)", "embedding(10,3,mask_zero)",
    "embedding(10,3,embeddings_initializer=random_normal(stddev=0.1),embeddings_regularizer=l1(0.5))",
    "masking", "masking(-1.0)", "simple_rnn(4)", "simple_rnn(4,relu)", "lstm(64,return_sequences)",
    "lstm(4,hard_sigmoid,recurrent_activation=softsign,use_bias=false)",
    "lstm(4,unit_forget_bias=false,dropout=0.1,recurrent_dropout=0.2,return_sequences,go_backwards,stateful)",
    "gru(4,kernel_initializer=he_normal,recurrent_initializer=identity(0.5),bias_initializer=constant(0.5))",
    "gru(4,kernel_regularizer=l1_l2(0.1,0.2),recurrent_regularizer=l2(0.03),bias_regularizer=l1(0.04),"
      + "activity_regularizer=l2(0.05),reset_after=false)",
    "bidirectional(lstm(4))", "bidirectional(lstm(4),merge=sum)",
    "bidirectional(lstm(4),backward_layer=gru(5,go_backwards))",
    "dense(3)", "dense(3,softmax)", "dense(3,gelu,use_bias=false,activity_regularizer=l1(0.1))",
    "time_distributed(dense(3,relu))", "layer_norm", "layer_norm(epsilon=0.1,center=false,scale=false)",
    "layer_norm(beta_initializer=ones,gamma_regularizer=l2(0.1))", "dropout(0.3)", "spatial_dropout1d(0.3)",
    "global_average_pooling1d", "global_max_pooling1d", "batch_norm",
    "batch_norm(momentum=0.9,center=false,scale=false)",
    "batch_norm(moving_mean_initializer=ones,trainable=false)", "reshape(-1)", "reshape(3,-1)",
    "flatten(trainable=false)", "ascending(3)", "last_step", "channel_segments(24)", "join_channels",
    "segment_gru(8,4)",
    "segment_gru(8,4,channel_embedding=false,embeddings_initializer=zeros)",
    "dense(4,trainable=false)",
    "bidirectional(lstm(4,trainable=false),merge=sum)", "time_distributed(dense(4),trainable=false)",
    "time_distributed({dense(4,trainable=false) dense(2)})",
    "bidirectional(lstm(4),backward_layer=lstm(4,go_backwards,trainable=false))",
  ]

  @Test(arguments: written)
  func writtenFilesAreRead(_ text: String) throws {
    #expect(try LayerSpec.parse(text).map(\.description) == [text])
  }

  @Test func everyReferenceCaseIsReadAndWrittenAgain() throws {
    for set in ["layers", "losses", "models", "training", "options", "option_training"] {
      for name in try KerasCase.names(set) {
        let layers = try LayerSpec.parse(try KerasCase(name).fact("layers"))
        let text = layers.map(\.description).joined(separator: " ")
        #expect(try LayerSpec.parse(text) == layers, "\(name)")
      }
    }
  }

  @Test(arguments: [
    ("lstm(4,activation=tanh,use_bias=true,return_sequences=false)", "lstm(4)"),
    ("lstm(units=4,activation=linear)", "lstm(4,linear)"),
    ("gru(4,kernel_regularizer=none,kernel_initializer=glorot_uniform)", "gru(4)"),
    ("gru(4,kernel_regularizer=l2)", "gru(4,kernel_regularizer=l2(0.01))"),
    ("lstm( 4 , kernel_regularizer = l1_l2( 0.5 , l2=0.25 ) )", "lstm(4,kernel_regularizer=l1_l2(0.5,0.25))"),
    (
      "embedding(input_dim=9,output_dim=2,embeddings_initializer=random_uniform(-0.05,0.05))",
      "embedding(9,2)"
    ),
    (
      "dense(2,kernel_initializer=truncated_normal(stddev=0.05))",
      "dense(2,kernel_initializer=truncated_normal)"
    ),
    ("layer_norm(epsilon=0.001)", "layer_norm"), ("gru(4,trainable=true)", "gru(4)"),
    ("masking(0)", "masking"),
  ])
  func defaultsAreLeftOut(_ text: String, _ short: String) throws {
    #expect(try LayerSpec.parse(text).map(\.description) == [short])
  }

  @Test(
    arguments: [
      ("lsmt(4)", "unknown layer 'lsmt' (did you mean lstm?)"),
      ("lstm", "layer lstm: 'units' is missing"),
      ("lstm(0)", "layer lstm: 'units' is 0 (a whole number from 1 to 16777216)"),
      ("lstm(4,tnah)", "layer lstm: 'activation' is tnah (did you mean tanh?)"),
      ("lstm(4,units=4)", "layer lstm: 'units' is given twice"),
      ("lstm(4,dropuot=0.1)", "layer lstm: unknown option 'dropuot' (did you mean dropout?)"),
      ("lstm(4,dropout=1)", "layer lstm: 'dropout' is 1 (a number from 0.0 to 0.999)"),
      ("reshape(-1,-1)", "layer reshape: both sizes are -1 (give one of them)"),
      ("reshape(0)", "layer reshape: 'steps' is 0 (a whole number from 1 to 16777216, or -1)"),
      ("lstm(4,trainable=no)", "layer lstm: 'trainable' is no (true or false)"),
      ("lstm(4,trainable=true,trainable=false)", "layer lstm: 'trainable' is given twice"),
      ("lstm(4,use_bias=no)", "layer lstm: 'use_bias' is no (true or false)"),
      (
        "lstm(4,return_state)",
        "layer lstm: 'return_state' isn't supported (in a chain of layers nothing reads the state: remove it)"
      ),
      (
        "lstm(4,kernel_regularizer=l3(1))",
        "layer lstm: 'kernel_regularizer' is l3(1) (l1(0.01), l2(0.01), l1_l2(0.01,0.01) or none)"
      ),
      (
        "lstm(4,kernel_regularizer=l2(-1))",
        "layer lstm: 'kernel_regularizer': regularizer l2: 'l2' is -1 (a number from 0.0 to 3.4028235e+38)"
      ),
      (
        "dense(4,kernel_initializer=he_norm)",
        "layer dense: 'kernel_initializer' is he_norm (did you mean he_normal?)"
      ),
      ("simple_rnn(4,recurrent_activation=relu)", nil), ("lstm(4,reset_after)", nil), ("lstm(4,nan)", nil),
      ("bidirectional(lstm)", "layer bidirectional: 'layer' is lstm (a layer, such as lstm(32))"),
      ("bidirectional", "layer bidirectional: 'layer' is missing"),
      (
        "bidirectional(dense(3))",
        "layer bidirectional: dense is not recurrent (wrap a recurrent layer, such as lstm)"
      ),
      (
        "bidirectional(lstm(4),backward_layer=lstm(4))",
        "layer bidirectional: the backward layer goes forward (give it go_backwards)"
      ),
      ("bidirectional(lstm(4),merge=sum,backward_layer=lstm(5,go_backwards))", nil),
      ("bidirectional(lstm(4),backward_layer=lstm(4,go_backwards,return_sequences))", nil),
      (
        "time_distributed(lstm(4))",
        "layer time_distributed: lstm can't be wrapped "
          + "(it wraps layers of a single step, such as dense; other layers process every step by themselves)"
      ),
      ("masking(nan)", "layer masking: 'mask_value' is nan (a number)"),
      ("global_max_pooling1d(2)", "layer global_max_pooling1d: too many positional arguments"),
    ] as [(String, String?)])
  func errorMessages(_ text: String, _ message: String?) throws {
    let failure = #expect(throws: Failure.self) { try LayerSpec.parse(text) }
    #expect(failure?.kind == .usage)
    if let message { #expect(failure?.description == message) }
  }

  @Test func layersAreNumberedAsInKeras() throws {
    let text =
      "bidirectional(lstm(4,return_sequences)) lstm(4,return_sequences) layer_norm layer_norm "
      + "bidirectional(gru(4,return_sequences),backward_layer=lstm(4,go_backwards,return_sequences)) "
      + "time_distributed(dense(3)) dense(2) gru(2)"
    let architecture = try Architecture(
      layers: LayerSpec.parse(text), input: .sequence(steps: 5, width: 2))
    #expect(
      architecture.names.map(\.name) == [
        "bidirectional", "lstm_1", "layer_normalization", "layer_normalization_1", "bidirectional_1",
        "time_distributed", "dense_1", "gru_1",
      ])
    #expect(architecture.names[4].wrapped == ["gru", "lstm_2"])
  }

  @Test(arguments: [
    ("bidirectional(lstm(4),backward_layer=gru(5,go_backwards))", [[9]]),
    (
      "masking lstm(4,return_sequences) spatial_dropout1d(0.1) global_max_pooling1d",
      [[6, 3], [6, 4], [6, 4], [4]]
    ),
    (
      "time_distributed(dense(2)) layer_norm global_average_pooling1d dense(3)", [[6, 2], [6, 2], [2], [3]]
    ),
  ])
  func shapes(_ text: String, _ shapes: [[Int]]) throws {
    let architecture = try Architecture(
      layers: LayerSpec.parse(text), input: .sequence(steps: 6, width: 3))
    #expect(architecture.shapes() == shapes)
  }

  @Test(arguments: [
    "time_distributed(dense(2))", "global_max_pooling1d", "spatial_dropout1d(0.5)", "masking", "gru(2)",
  ])
  func someLayersNeedSteps(_ text: String) throws {
    let layers = try LayerSpec.parse("lstm(4) " + text)
    #expect(throws: Failure.self) { try Architecture(layers: layers, input: .sequence(steps: 6, width: 3)) }
  }
}
