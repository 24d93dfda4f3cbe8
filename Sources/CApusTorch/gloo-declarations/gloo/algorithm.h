// LibTorch holds Gloo, but its headers name Gloo's types without bringing Gloo's own headers. These declare what
// c10d/ProcessGroupGloo.hpp names, no more; real headers, where there are some, are found first (-idirafter).
#pragma once
