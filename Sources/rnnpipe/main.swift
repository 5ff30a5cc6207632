// One program under fifteen names: which command runs is decided by the name it is called by.

import Kernels
import Stage
import rnn_backtest
import rnn_convert
import rnn_download
import rnn_inspect
import rnn_pad
import rnn_plot
import rnn_predict
import rnn_runs
import rnn_serve
import rnn_split
import rnn_sweep
import rnn_synth
import rnn_tokenize
import rnn_train
import rnn_window

Launcher(
  [
    Download.self, Synth.self, Tokenize.self, Pad.self, Window.self, Split.self, Train.self, Predict.self,
    Serve.self, Backtest.self, Sweep.self, Plot.self, Runs.self, Inspect.self, Convert.self,
  ],
  cpuTarget: CPUSupport.target
).main()
