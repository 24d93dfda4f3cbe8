2naïvex2naïve2naïvenaïve2
Two Wordsx2	Two Words2Two Wordsnaïve2b-a-cx2b-a-c2b-a-cnaïve2zzx2zz2zznaïveBjoined