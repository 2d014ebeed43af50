"""What ffmpeg and ffprobe may open: containers and decoders, by their names in ffmpeg. Each name is a whole one.

A container or codec that nobody records in is a parser that only an attacker would call.
"""

# Containers people record in. Not here: playlists (hls, concat, dash), pictures, subtitles, devices, network formats.
DEMUXERS = (
    "aac,ac3,aiff,amr,ape,asf,au,avi,caf,dsf,dts,dv,eac3,flac,flv,g722,gsm,matroska,mov,mp3,mp4,mpc,mpc8,mpeg,mpegts,"
    "mpegvideo,mxf,ogg,rm,tta,voc,w64,wav,webm,wv"
)

# The sound in them. Not here: sound of games, and what no longer has a container above. The first of two for one codec
# is ffmpeg's own, the other the library's that some builds prefer.
DECODERS = ",".join(
    """
    aac aac_fixed aac_latm libfdk_aac alac flac vorbis libvorbis opus libopus speex libspeex
    mp1 mp1float mp2 mp2float mp3 mp3float mp3adu mp3adufloat mp3on4 mp3on4float
    ac3 ac3_fixed eac3 dca truehd mlp als
    wmav1 wmav2 wmapro wmalossless wmavoice
    amrnb amrwb libopencore_amrnb libopencore_amrwb gsm gsm_ms libgsm libgsm_ms
    g722 g723_1 g726 g726le g728 g729 ilbc libilbc truespeech qcelp evrc nellymoser comfortnoise libcodec2
    ape wavpack tta tak shorten mpc7 mpc8 ralf
    cook real_144 real_288 sipr atrac1 atrac3 atrac3al atrac3plus atrac3plusal qdm2 qdmc mace3 mace6
    dsd_lsbf dsd_lsbf_planar dsd_msbf dsd_msbf_planar dst dvaudio s302m
    adpcm_ct adpcm_ima_qt adpcm_ima_wav adpcm_ima_oki adpcm_ms adpcm_sbpro_2
    adpcm_sbpro_3 adpcm_sbpro_4 adpcm_swf adpcm_yamaha
    pcm_alaw pcm_bluray pcm_dvd pcm_f16le pcm_f24le pcm_f32be pcm_f32le pcm_f64be pcm_f64le pcm_lxf pcm_mulaw pcm_s16be
    pcm_s16be_planar pcm_s16le pcm_s16le_planar pcm_s24be pcm_s24daud pcm_s24le pcm_s24le_planar pcm_s32be pcm_s32le
    pcm_s32le_planar pcm_s64be pcm_s64le pcm_s8 pcm_s8_planar pcm_u16be pcm_u16le pcm_u24be pcm_u24le pcm_u32be
    pcm_u32le pcm_u8 pcm_vidc
    """.split()
)

# ffprobe opens the decoder of every stream, and gives up where it may not; ffmpeg opens none of these.
PICTURE_DECODERS = ",".join(
    """
    h264 hevc vvc vp3 vp4 vp5 vp6 vp6a vp6f vp7 vp8 vp9 libvpx libvpx-vp9 av1 libdav1d libaom-av1 theora
    mpeg1video mpeg2video mpegvideo mpeg4 msmpeg4v1 msmpeg4v2 msmpeg4 wmv1 wmv2 wmv3 vc1 wmv3image vc1image mss1 mss2
    h261 h263 h263i h263p flv flashsv flashsv2 rv10 rv20 rv30 rv40 svq1 svq3 cinepak indeo2 indeo3 indeo4 indeo5
    dvvideo dnxhd prores cfhd hap jpeg2000 libopenjpeg mjpeg mjpegb ljpeg jpegls rawvideo v210 r210 v410 yuv4
    ffv1 ffvhuff huffyuv utvideo magicyuv lagarith qtrle rpza smc 8bps msrle msvideo1 tscc tscc2 cscd zmbv g2m rscc
    fraps dxv png apng bmp gif tiff webp targa ppm pgm pbm pam
    """.split()
)
