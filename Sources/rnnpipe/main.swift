// One program under twelve names: which command runs is decided by the name it is called by.

import Stage
import rnn_download
import rnn_inspect
import rnn_pad
import rnn_plot
import rnn_split
import rnn_synth
import rnn_tokenize
import rnn_window

Launcher(
  [
    Download.self, Synth.self, Tokenize.self, Pad.self, Window.self, Split.self, Plot.self, Inspect.self,
  ],
  cpuTarget: "native"
).main()
