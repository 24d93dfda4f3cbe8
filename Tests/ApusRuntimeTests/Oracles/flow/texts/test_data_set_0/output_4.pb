2naïvex2naïvenaïve2	Two Words2b-a-cx2b-a-cnaïve2zz2naïve2
Two Wordsx2Two Wordsnaïve2b-a-c2zzx2zznaïveBmoved