"""Early warnings from and to the world: CAP 1.2, and the JSON of 12379.cn and weather.com.cn.

`door` is the way in for programs: bytes to drafts, messages to bytes. Needs the extra `cap` (lxml, signxml).
"""
